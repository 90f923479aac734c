import type { JSX } from "preact";

import type { Easel } from "../../drawing/easel";
import { texts as words } from "../../drawing/texts";
import { ActionButton, ToolBar } from "../../drawing/tool_bar";
import { ToolIcon } from "../../drawing/tool_icons";
import { spokenName } from "../../shared/spoken_name";
import type { Call } from "../../state/call";
import { annotationsOf, runsRoom } from "./overlay_desk";
import { texts } from "./texts";

/** Light inks too: a picture may be dark. */
const INKS = [2, 6, 1, 3, 5, 7, 0];

interface DrawBarProps {
  call: Call;
  easel: Easel;
  /** More that can be done with this surface. */
  extra: JSX.Element | null;
}

/** The tools while one draws. */
export function DrawBar({ call, easel, extra }: DrawBarProps): JSX.Element {
  return (
    <ToolBar
      easel={easel}
      inks={INKS}
      onPicture={null}
      more={<Menu call={call} easel={easel} extra={extra} />}
    />
  );
}

interface DrawButtonProps {
  isDrawing: boolean;
  onToggle: () => void;
  /** To begin with, and to end it. */
  labels: { readonly draw: string; readonly stop: string };
}

/** Begins and ends drawing. */
export function DrawButton({ isDrawing, onToggle, labels }: DrawButtonProps): JSX.Element {
  const label = isDrawing ? labels.stop : labels.draw;
  return (
    <button
      type="button"
      class="annotate-button"
      data-testid="annotate-button"
      aria-pressed={isDrawing}
      aria-label={spokenName(label, texts(isDrawing ? "done" : "draw_short"))}
      title={label}
      onClick={onToggle}
    >
      <ToolIcon name={isDrawing ? "done" : "pen"} size={20} />
      <span>{texts(isDrawing ? "done" : "draw_short")}</span>
    </button>
  );
}

function Menu({
  call,
  easel,
  extra,
}: {
  call: Call;
  easel: Easel;
  extra: JSX.Element | null;
}): JSX.Element {
  const annotations = annotationsOf(call);
  const { everybodyDraws } = annotations.state;
  const isHost = runsRoom(call);
  return (
    <div class="tool-menu">
      {extra}
      {isHost && (
        <ActionButton
          icon="everybody"
          label={texts("everybody_draws")}
          isLine
          isOn={everybodyDraws}
          testId="everybody-annotates"
          onClick={() => {
            const body = { type: "allow_everybody", is_allowed: !everybodyDraws };
            return call.attempt(annotations.request(body).then(() => undefined));
          }}
        />
      )}
      <ActionButton
        icon="trash"
        label={words("clear_own")}
        isLine
        onClick={() => easel.change({ type: "clear", only_own: true })}
      />
      {isHost && (
        <ActionButton
          icon="trash"
          label={words("clear_all")}
          isLine
          testId="clear-all"
          onClick={() => easel.change({ type: "clear" })}
        />
      )}
    </div>
  );
}
