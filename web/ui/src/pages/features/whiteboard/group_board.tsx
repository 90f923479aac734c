import type { JSX } from "preact";

import { Icon } from "../../shared/icons";
import type { GroupProps } from "../feature";
import { boardOf, isAway, isHost, ownPage } from "./board_desk";
import { texts } from "./texts";

/** What a group that is over has drawn: one tap shows it to all, as pages of this board. */
export function GroupBoard({ call, groupId, onShown }: GroupProps): JSX.Element | null {
  const board = boardOf(call);
  const drawn = board.state.groupBoards.find((one) => one.groupId === groupId);
  if (drawn === undefined || !isHost(call)) return null;
  const show = (): void => {
    ownPage.value = null;
    isAway.value = false;
    const body = { type: "show_group", group_id: groupId };
    void call.attempt(board.request(body).then(onShown));
  };
  return (
    <div class="group-board">
      <button
        type="button"
        class="secondary-button"
        data-testid="show-group-board"
        onClick={show}
      >
        <Icon name="board" size={20} />
        {texts("show_group")}
      </button>
      <span class="hint">{texts("group_drew", { pages: drawn.pages, things: drawn.things })}</span>
    </div>
  );
}
