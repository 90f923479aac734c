import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { BoardPage } from "../../../client/plugins/whiteboard";
import type { Easel } from "../../drawing/easel";
import { texts as words } from "../../drawing/texts";
import { ToolIcon } from "../../drawing/tool_icons";
import { Dialog } from "../../shared/dialog";
import { Icon } from "../../shared/icons";
import { spokenName } from "../../shared/spoken_name";
import type { Call } from "../../state/call";
import { boardOf, leadsBoard, ownPage, turnTo } from "./board_desk";
import { PageList } from "./page_list";
import { texts } from "./texts";

/** Turning pages, and how large they are shown. */
export function PageStrip(props: { call: Call; easel: Easel; page: BoardPage }): JSX.Element {
  const { call, easel, page } = props;
  const [isListOpen, setListOpen] = useState(false);
  const board = boardOf(call);
  const { pages, presented } = board.state;
  const index = pages.indexOf(page);
  const isLeafing = ownPage.value !== null && page.page !== presented;
  const least = easel.view.value.scale / easel.least;
  const add = (): void => {
    ownPage.value = null;
    const body = { type: "add_page", after: page.page, paper: page.paper };
    void call.attempt(board.request(body).then(() => undefined));
  };
  return (
    <div class="page-strip">
      <div class="page-turner" role="group" aria-label={texts("pages")}>
        <TurnButton call={call} to={pages[index - 1]} side="previous" />
        <button
          type="button"
          class="quiet-button page-count"
          data-testid="page-list-button"
          aria-label={spokenName(
            texts("page", { number: index + 1, pages: pages.length }),
            `${index + 1} / ${pages.length}`,
          )}
          onClick={() => setListOpen(true)}
          disabled={!leadsBoard(call)}
        >
          {`${index + 1} / ${pages.length}`}
        </button>
        <TurnButton call={call} to={pages[index + 1]} side="next" />
        {page.group !== null && (
          <span class="page-group" data-testid="page-group">
            {page.group.name}
          </span>
        )}
        {leadsBoard(call) && (
          <button type="button" class="quiet-button" data-testid="add-page" onClick={add}>
            <span aria-hidden="true">+</span> {texts("add_page")}
          </button>
        )}
        {isLeafing && (
          <button
            type="button"
            class="secondary-button small"
            data-testid="follow-page"
            onClick={() => (ownPage.value = null)}
          >
            {texts("follow")}
          </button>
        )}
      </div>
      <div class="page-zoom" role="group" aria-label={words("zoom_in")}>
        <button
          type="button"
          class="icon-button"
          aria-label={words("zoom_out")}
          title={words("zoom_out")}
          disabled={least < 1.02}
          onClick={() => easel.zoom(0.8)}
        >
          <ToolIcon name="zoomOut" size={20} />
        </button>
        <button
          type="button"
          class="quiet-button page-count"
          aria-label={spokenName(words("fit"), `${Math.round(least * 100)} %`)}
          title={words("fit")}
          onClick={() => easel.fit()}
        >
          {`${Math.round(least * 100)} %`}
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={words("zoom_in")}
          title={words("zoom_in")}
          onClick={() => easel.zoom(1.25)}
        >
          <ToolIcon name="zoomIn" size={20} />
        </button>
      </div>
      {isListOpen && (
        <Dialog title={texts("pages")} onClose={() => setListOpen(false)}>
          <PageList call={call} shown={page.page} />
        </Dialog>
      )}
    </div>
  );
}

function TurnButton(props: {
  call: Call;
  to: BoardPage | undefined;
  side: "previous" | "next";
}): JSX.Element {
  const { call, to, side } = props;
  return (
    <button
      type="button"
      class="icon-button"
      data-testid={`${side}-page`}
      aria-label={texts(side)}
      title={texts(side)}
      disabled={to === undefined}
      onClick={() => to !== undefined && turnTo(call, to.page)}
    >
      <Icon name={side === "previous" ? "chevronLeft" : "chevronRight"} size={20} />
    </button>
  );
}
