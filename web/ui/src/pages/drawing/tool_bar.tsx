import type { ComponentChildren, JSX } from "preact";

import type { Easel } from "./easel";
import { InkPanel } from "./ink_panel";
import type { Tool } from "./kit";
import { isShape, SHAPES } from "./kit";
import { inkOf } from "./palette";
import { closePopover, Popover } from "./popover";
import { TOOL_KEYS } from "./shortcuts";
import { texts } from "./texts";
import type { ToolIconName } from "./tool_icons";
import { ToolIcon } from "./tool_icons";

interface ToolBarProps {
  easel: Easel;
  inks: readonly number[];
  /** Pictures can be brought in; null: not here. */
  onPicture: ((file: File) => void) | null;
  /** What else can be done, in the last panel. */
  more: ComponentChildren;
}

/** The tools: beside the surface, on a phone below it. */
export function ToolBar({ easel, inks, onPicture, more }: ToolBarProps): JSX.Element {
  const { kit } = easel;
  const tool = kit.tool.value;
  const eraser = kit.lastEraser.value;
  const shape = kit.lastShape.value;
  const erases = tool === "eraser" || tool === "rubber";
  return (
    <div class="tool-bar" role="toolbar" aria-label={texts("tools")} onKeyDown={moveFocus}>
      <ToolButton easel={easel} tool="select" />
      {!easel.isFixed && <ToolButton easel={easel} tool="hand" />}
      <span class="tool-gap" />
      <ToolButton easel={easel} tool="pen" />
      <ToolButton easel={easel} tool="highlighter" />
      <Popover
        face={<ToolIcon name={shape} />}
        label={texts("shapes")}
        testId="tool-shapes"
        isOn={isShape(tool)}
        onPress={() => kit.choose(shape)}
      >
        {SHAPES.map((kind) => (
          <ToolButton key={kind} easel={easel} tool={kind} isInside />
        ))}
      </Popover>
      <ToolButton easel={easel} tool="text" />
      <ToolButton easel={easel} tool="note" />
      {onPicture !== null && <PictureButton onPicture={onPicture} />}
      <Popover
        face={<ToolIcon name={eraser} />}
        label={texts("erasers")}
        testId="tool-erasers"
        isOn={erases}
        onPress={() => kit.choose(eraser)}
      >
        <ToolButton easel={easel} tool="eraser" isInside hasName />
        <ToolButton easel={easel} tool="rubber" isInside hasName />
      </Popover>
      <ToolButton easel={easel} tool="laser" />
      <span class="tool-gap" />
      <ActionButton icon="redo" label={texts("redo")} onClick={() => easel.change({ type: "redo" })} />
      <Popover face={<ToolIcon name="more" />} label={texts("more")} testId="tool-more">
        {more}
      </Popover>
      <div class="tool-pinned">
        <ActionButton
          icon="undo"
          label={texts("undo")}
          onClick={() => easel.change({ type: "undo" })}
        />
        <Popover
          face={<InkSpot ink={kit.inkNow} size={kit.size.value} />}
          label={texts("looks")}
          testId="tool-looks"
        >
          <InkPanel easel={easel} inks={inks} />
        </Popover>
      </div>
    </div>
  );
}

function ToolButton({
  easel,
  tool,
  isInside = false,
  hasName = false,
}: {
  easel: Easel;
  tool: Exclude<Tool, "image">;
  isInside?: boolean;
  hasName?: boolean;
}): JSX.Element {
  const { kit } = easel;
  const key = Object.entries(TOOL_KEYS).find(([, named]) => named === tool)?.[0];
  const label = texts(`tool.${tool}`);
  return (
    <button
      type="button"
      class={`tool-button ${hasName ? "has-name" : ""}`}
      data-testid={`tool-${tool}`}
      aria-label={label}
      aria-keyshortcuts={key}
      title={key === undefined ? label : `${label} (${key.toUpperCase()})`}
      aria-pressed={kit.tool.value === tool}
      onClick={(event) => {
        kit.choose(tool);
        if (tool !== "select") easel.select([]);
        if (isInside) closePopover(event.currentTarget);
      }}
    >
      <ToolIcon name={tool} />
      {hasName && <span>{label}</span>}
    </button>
  );
}

export function ActionButton(props: {
  icon: ToolIconName;
  label: string;
  /** With the words beside it: a line of a panel. */
  isLine?: boolean;
  isOn?: boolean;
  testId?: string;
  onClick: () => unknown;
}): JSX.Element {
  const { icon, label, isLine = false, isOn, testId, onClick } = props;
  return (
    <button
      type="button"
      class={`tool-button ${isLine ? "has-name" : ""}`}
      data-testid={testId ?? `tool-${icon}`}
      aria-label={label}
      title={isLine ? undefined : label}
      aria-pressed={isOn}
      onClick={(event) => {
        if (isLine) closePopover(event.currentTarget);
        void onClick();
      }}
    >
      <ToolIcon name={icon} />
      {isLine && <span>{label}</span>}
    </button>
  );
}

function PictureButton({ onPicture }: { onPicture: (file: File) => void }): JSX.Element {
  return (
    <label class="tool-button" title={texts("tool.image")}>
      <ToolIcon name="image" />
      <input
        type="file"
        class="visually-hidden"
        data-testid="tool-image"
        accept="image/png,image/jpeg,image/webp,image/gif"
        aria-label={texts("tool.image")}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file !== undefined) onPicture(file);
        }}
      />
    </label>
  );
}

function InkSpot({ ink, size }: { ink: number; size: number }): JSX.Element {
  return (
    <span class="ink-spot" aria-hidden="true">
      <span style={{ background: inkOf(ink), width: `${10 + 6 * size}px`, height: `${10 + 6 * size}px` }} />
    </span>
  );
}

/** Arrow keys go through the buttons, as toolbars do everywhere. */
function moveFocus(event: JSX.TargetedKeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const holder = (event.target as Element).closest<HTMLElement>("[popover]") ?? event.currentTarget;
  const buttons = [...holder.querySelectorAll<HTMLElement>("button, input")].filter(
    (button) => button.checkVisibility() && button.closest("[popover], .tool-bar") === holder,
  );
  const index = buttons.indexOf(event.target as HTMLElement);
  buttons[(index + step + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
  event.stopPropagation();
}
