import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { ToolIcon } from "../../drawing/tool_icons";
import { ControlButton } from "../../room/control_button";
import type { CallProps, PersonProps } from "../feature";
import { boardOf, isAway, isHost, leadsBoard } from "./board_desk";
import { texts } from "./texts";

/** Who leads the board opens the board for all; others may put an open one away for themselves. */
export function BoardControl({ call }: CallProps): JSX.Element | null {
  const board = boardOf(call);
  const { isOpen } = board.state;
  useEffect(() => {
    if (!isOpen) isAway.value = false;
  }, [isOpen]);
  const isShown = isOpen && !isAway.value;
  if (!leadsBoard(call) && !isOpen) return null;
  const press = (): void => {
    if (!leadsBoard(call) || (isOpen && isAway.value)) isAway.value = !isAway.value;
    else {
      isAway.value = false;
      const request = board.request({ type: "open_board", is_open: !isOpen });
      void call.attempt(request.then(() => undefined));
    }
  };
  return (
    <ControlButton
      testId="board-button"
      icon="board"
      label={texts(isShown ? (leadsBoard(call) ? "close_for_all" : "put_away") : "open")}
      short={texts("board")}
      isOn={isShown}
      onClick={press}
    />
  );
}

/** Lets one person draw, or no more; where hands are raised the right stands among the others. */
export function DrawingRight({ call, person }: PersonProps): JSX.Element | null {
  const hasRights = call.shell.features.value.some(({ plugin }) => plugin === "hands");
  if (hasRights || !isHost(call) || person.role !== "merchant") return null;
  const draws = call.room.roster.grantsOf(person.id).canDraw;
  const label = texts(draws ? "stop_drawing" : "let_draw", { name: person.name });
  const request = (): Promise<unknown> =>
    boardOf(call).request({
      type: "allow_drawing",
      participant_id: person.id,
      is_allowed: !draws,
    });
  return (
    <button
      type="button"
      class="icon-button person-button"
      data-testid="allow-drawing"
      aria-label={label}
      title={label}
      aria-pressed={draws}
      onClick={() => void call.attempt(request().then(() => undefined))}
    >
      <ToolIcon name="pen" size={20} />
      <span class="person-button-label" aria-hidden="true">
        {label}
      </span>
    </button>
  );
}
