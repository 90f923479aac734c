/** The pages of the board, as they are saved. */

import type { BoardPage } from "../../../client/plugins/whiteboard";
import type { SaveProps } from "../../drawing/save_menu";
import type { SavedPage } from "../../drawing/saving";
import { wholeSurface } from "../../drawing/saving";
import { PAGE_SPACE } from "../../drawing/space";
import type { Call } from "../../state/call";
import { boardOf, boardPort } from "./board_desk";

/** All pages, and of these the one that is looked at. */
export function savedBoard(call: Call, page: BoardPage): SaveProps {
  const { pages } = boardOf(call).state;
  const all = pages.map((each, index) => savedPage(call, each, index + 1));
  return { call, title: call.room.info?.name ?? "board", shown: all[pages.indexOf(page)], all };
}

function savedPage(call: Call, { page, paper }: BoardPage, number: number): SavedPage {
  const whole: SavedPage["whole"] = async () => {
    const surface = await wholeSurface(call, boardPort(call, page));
    return { surface, space: PAGE_SPACE, ground: paper };
  };
  return { number, whole };
}
