import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import { SurfaceView } from "../../drawing/surface_view";
import { PAGE_SPACE } from "../../drawing/space";
import { ToolBar } from "../../drawing/tool_bar";
import type { CallProps } from "../feature";
import { boardOf, isStripOpen, mayDraw, newEasel, shownPage } from "./board_desk";
import { BoardMenu } from "./board_menu";
import { bringPicture } from "./board_pictures";
import { PageStrip } from "./page_strip";
import { texts } from "./texts";
import { ThumbStrip } from "./thumb_strip";

const INKS = [0, 1, 2, 3, 4, 5, 6];

/** The board in the large place of the stage. */
export function BoardStage({ call }: CallProps): JSX.Element {
  const board = boardOf(call);
  const { state } = board;
  const page = shownPage(state);
  const easel = useMemo(() => newEasel(call, page.page), [call, page.page]);
  const number = state.pages.indexOf(page) + 1;
  const draws = mayDraw(call);
  return (
    <section class={`board ${draws ? "" : "board-looks"}`} aria-label={texts("board")}>
      {draws && (
        <ToolBar
          easel={easel}
          inks={INKS}
          onPicture={(file) => void bringPicture(call, easel, file)}
          more={<BoardMenu call={call} easel={easel} page={page} />}
        />
      )}
      <SurfaceView
        key={page.page}
        call={call}
        easel={easel}
        space={PAGE_SPACE}
        paper={page.paper}
        label={texts("page", { number, pages: state.pages.length })}
        isActive
        onSignal={(listener) => board.onSignal(listener)}
      />
      {isStripOpen.value && <ThumbStrip call={call} shown={page} />}
      <PageStrip call={call} easel={easel} page={page} />
    </section>
  );
}
