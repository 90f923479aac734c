import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { BoardPage } from "../../../client/plugins/whiteboard";
import type { Easel } from "../../drawing/easel";
import { SaveMenu } from "../../drawing/save_menu";
import { texts as words } from "../../drawing/texts";
import { ToolIcon } from "../../drawing/tool_icons";
import { Dialog } from "../../shared/dialog";
import { Icon } from "../../shared/icons";
import { spokenName } from "../../shared/spoken_name";
import type { Call } from "../../state/call";
import { boardOf, isStripOpen, leadsBoard, mayDraw, ownPage, turnTo } from "./board_desk";
import { PageList } from "./page_list";
import { savedBoard } from "./saving";
import { texts } from "./texts";

interface PageStripProps {
  call: Call;
  easel: Easel;
  page: BoardPage;
}

/** Turning pages, and how large they are shown. */
export function PageStrip({ call, easel, page }: PageStripProps): JSX.Element {
  return (
    <div class="page-strip">
      <Turner call={call} page={page} />
      {!mayDraw(call) && <SaveMenu {...savedBoard(call, page)} />}
      <Zoom easel={easel} />
    </div>
  );
}

function Turner({ call, page }: { call: Call; page: BoardPage }): JSX.Element {
  const board = boardOf(call);
  const { pages, presented } = board.state;
  const index = pages.indexOf(page);
  const position = `${index + 1} / ${pages.length}`;
  const isLeafing = ownPage.value !== null && page.page !== presented;
  const add = (): void => {
    ownPage.value = null;
    const body = { type: "add_page", after: page.page, paper: page.paper };
    void call.attempt(board.request(body).then(() => undefined));
  };
  return (
    <div class="page-turner" role="group" aria-label={texts("pages")}>
      <TurnButton call={call} to={pages[index - 1]} side="previous" />
      <button
        type="button"
        class="quiet-button page-count"
        data-testid="page-list-button"
        aria-label={spokenName(texts("all_pages"), position)}
        title={texts("all_pages")}
        aria-expanded={isStripOpen.value}
        onClick={() => (isStripOpen.value = !isStripOpen.value)}
      >
        {position}
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
      {leadsBoard(call) && isStripOpen.value && <Arrange call={call} shown={page.page} />}
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
  );
}

/** To move pages and to remove them. */
function Arrange({ call, shown }: { call: Call; shown: string }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        data-testid="arrange-pages"
        aria-label={texts("arrange")}
        title={texts("arrange")}
        onClick={() => setOpen(true)}
      >
        <ToolIcon name="more" size={20} />
      </button>
      {isOpen && (
        <Dialog title={texts("pages")} onClose={() => setOpen(false)}>
          <PageList call={call} shown={shown} />
        </Dialog>
      )}
    </>
  );
}

function Zoom({ easel }: { easel: Easel }): JSX.Element {
  const ratio = easel.view.value.scale / easel.least;
  const percent = `${Math.round(ratio * 100)} %`;
  return (
    <div class="page-zoom" role="group" aria-label={words("zoom_in")}>
      <button
        type="button"
        class="icon-button"
        aria-label={words("zoom_out")}
        title={words("zoom_out")}
        disabled={ratio < 1.02}
        onClick={() => easel.zoom(0.8)}
      >
        <ToolIcon name="zoomOut" size={20} />
      </button>
      <button
        type="button"
        class="quiet-button page-count"
        aria-label={spokenName(words("fit"), percent)}
        title={words("fit")}
        onClick={() => easel.fit()}
      >
        {percent}
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
