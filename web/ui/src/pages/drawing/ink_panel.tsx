import type { JSX } from "preact";

import type { Style } from "../../client/plugins/drawing_item";
import type { Easel } from "./easel";
import { LETTER_SIZES, NOTE_LETTERS, PEN_WIDTHS } from "./kit";
import { INK_NAMES, inkOf } from "./palette";
import { texts } from "./texts";

const SIZES = ["size.small", "size.middle", "size.large"] as const;

/** Colour, thickness and filling: of what is drawn next, and of what is selected. */
export function InkPanel({
  easel,
  inks,
}: {
  easel: Easel;
  inks: readonly number[];
}): JSX.Element {
  const { kit } = easel;
  const restyle = (style: Style): void => {
    const numbers = [...easel.selection.value];
    if (numbers.length > 0) void easel.change({ type: "restyle", numbers, style });
  };
  const chooseSize = (size: number): void => {
    kit.size.value = size;
    const kinds = new Set(easel.selectedItems().map(({ item }) => item.kind));
    const hasNotes = kinds.delete("note");
    const hasWords = kinds.delete("text") || hasNotes;
    const share = hasNotes ? NOTE_LETTERS : 1;
    if (kinds.size > 0 || !hasWords) restyle({ width: PEN_WIDTHS[size] ?? kit.width });
    else restyle({ width: share * (LETTER_SIZES[size] ?? kit.letters) });
  };
  return (
    <div class="ink-panel">
      <div class="ink-row" role="group" aria-label={texts("ink")}>
        {inks.map((ink) => (
          <button
            key={ink}
            type="button"
            class="ink-button"
            data-testid={`ink-${ink}`}
            aria-label={texts(INK_NAMES[ink] ?? "ink.black")}
            title={texts(INK_NAMES[ink] ?? "ink.black")}
            aria-pressed={kit.inkNow === ink}
            onClick={() => {
              kit.chooseInk(ink);
              restyle({ ink });
            }}
          >
            <span style={{ background: inkOf(ink) }} />
          </button>
        ))}
      </div>
      <div class="ink-row" role="group" aria-label={texts("size")}>
        {SIZES.map((name, size) => (
          <button
            key={name}
            type="button"
            class="ink-button"
            data-testid={`size-${size}`}
            aria-label={texts(name)}
            title={texts(name)}
            aria-pressed={kit.size.value === size}
            onClick={() => chooseSize(size)}
          >
            <span class="size-dot" style={{ width: `${6 + 7 * size}px`, height: `${6 + 7 * size}px` }} />
          </button>
        ))}
        <button
          type="button"
          class="tool-button has-name fill-button"
          aria-pressed={kit.filled.value}
          onClick={() => {
            kit.filled.value = !kit.filled.value;
            restyle({ filled: kit.filled.value });
          }}
        >
          <span class={`fill-sample ${kit.filled.value ? "filled" : ""}`} aria-hidden="true" />
          <span>{texts("filled")}</span>
        </button>
      </div>
    </div>
  );
}
