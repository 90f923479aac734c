import type { JSX } from "preact";

import type { BoardPage } from "../../../client/plugins/whiteboard";
import { PAPERS } from "../../../client/plugins/whiteboard";
import type { Easel } from "../../drawing/easel";
import { SaveLines } from "../../drawing/save_menu";
import { texts as words } from "../../drawing/texts";
import { ActionButton } from "../../drawing/tool_bar";
import type { Call } from "../../state/call";
import { boardOf, isHost, leadsBoard } from "./board_desk";
import { savedBoard } from "./saving";
import { texts } from "./texts";

/** What else can be done with the page and the board. */
export function BoardMenu(props: { call: Call; easel: Easel; page: BoardPage }): JSX.Element {
  const { call, easel, page } = props;
  const board = boardOf(call);
  const { everybodyDraws } = board.state;
  const request = (body: { type: string; [field: string]: unknown }): Promise<void> =>
    call.attempt(board.request(body).then(() => undefined));
  return (
    <div class="tool-menu">
      {isHost(call) && (
        <ActionButton
          icon="everybody"
          label={texts("everybody_draws")}
          isLine
          isOn={everybodyDraws}
          onClick={() => request({ type: "allow_everybody", is_allowed: !everybodyDraws })}
        />
      )}
      {leadsBoard(call) && (
        <div class="paper-row" role="group" aria-label={texts("paper")}>
          {PAPERS.map((paper) => (
            <button
              key={paper}
              type="button"
              class={`paper-button paper-${paper}`}
              aria-label={texts(`paper.${paper}`)}
              title={texts(`paper.${paper}`)}
              aria-pressed={page.paper === paper}
              onClick={() => void request({ type: "set_paper", page: page.page, paper })}
            />
          ))}
        </div>
      )}
      <ActionButton icon="fit" label={words("fit")} isLine onClick={() => easel.fit()} />
      <SaveLines {...savedBoard(call, page)} />
      <ActionButton
        icon="trash"
        label={words("clear_own")}
        isLine
        onClick={() => easel.change({ type: "clear", only_own: true })}
      />
      {isHost(call) && (
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
