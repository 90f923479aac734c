import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { countOf, EMPTY_SURFACE } from "../../../client/plugins/drawing_surface";
import type { BoardPage } from "../../../client/plugins/whiteboard";
import { ToolIcon } from "../../drawing/tool_icons";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { useChanges } from "../../state/changes";
import { boardOf, turnTo } from "./board_desk";
import { PageThumb } from "./page_thumb";
import { texts } from "./texts";

/** All pages in order: to go to, to move, and to remove. */
export function PageList({ call, shown }: { call: Call; shown: string }): JSX.Element {
  const board = boardOf(call);
  useChanges(board.onChange);
  const { pages } = board.state;
  return (
    <>
      <ol class="page-list">
        {pages.map((page, index) => (
          <PageRow
            key={page.page}
            call={call}
            page={page}
            index={index}
            pages={pages.length}
            isShown={page.page === shown}
          />
        ))}
      </ol>
      <form method="dialog" class="dialog-actions">
        <button class="primary-button">{texts("close")}</button>
      </form>
    </>
  );
}

function PageRow(props: {
  call: Call;
  page: BoardPage;
  index: number;
  pages: number;
  isShown: boolean;
}): JSX.Element {
  const { call, page, index, pages, isShown } = props;
  const [isDoomed, setDoomed] = useState(false);
  const board = boardOf(call);
  const number = index + 1;
  const count = countOf(board.state.drawing.surfaces.get(page.page) ?? EMPTY_SURFACE);
  const request = (body: { type: string; [field: string]: unknown }): void =>
    void call.attempt(board.request({ page: page.page, ...body }).then(() => undefined));
  return (
    <li class={isShown ? "shown" : ""}>
      <button
        type="button"
        class="page-name"
        aria-current={isShown ? "page" : undefined}
        onClick={() => turnTo(call, page.page)}
      >
        <PageThumb call={call} page={page} />
        <span>
          {texts("page_number", { number })}
          {page.group !== null && <span>{texts("of_group", { group: page.group.name })}</span>}
          <span class="hint">{texts("things", { count })}</span>
        </span>
      </button>
      <button
        type="button"
        class="icon-button turned-up"
        aria-label={texts("move_up", { number })}
        disabled={index === 0}
        onClick={() => request({ type: "move_page", position: index - 1 })}
      >
        <Icon name="chevronLeft" size={18} />
      </button>
      <button
        type="button"
        class="icon-button turned-up"
        aria-label={texts("move_down", { number })}
        disabled={number === pages}
        onClick={() => request({ type: "move_page", position: index + 1 })}
      >
        <Icon name="chevronRight" size={18} />
      </button>
      <button
        type="button"
        class="icon-button"
        data-testid="remove-page"
        aria-label={texts("remove_page", { number })}
        disabled={pages === 1}
        onClick={() => setDoomed(true)}
      >
        <ToolIcon name="trash" size={18} />
      </button>
      {isDoomed && (
        <Doom
          onRemove={() => request({ type: "remove_page" })}
          onKeep={() => setDoomed(false)}
        />
      )}
    </li>
  );
}

/** Asked once more: what is on the page goes with it. */
function Doom({ onRemove, onKeep }: { onRemove: () => void; onKeep: () => void }): JSX.Element {
  return (
    <div class="page-doom" role="alert">
      <span>{texts("remove_warning")}</span>
      <button
        type="button"
        class="danger-button small"
        onClick={() => {
          onKeep();
          onRemove();
        }}
      >
        {texts("remove")}
      </button>
      <button type="button" class="secondary-button small" onClick={onKeep}>
        {texts("keep")}
      </button>
    </div>
  );
}
