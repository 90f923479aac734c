/** The pages of the board, as they are saved. */

import type { BoardPage } from "../../../client/plugins/whiteboard";
import type { SavedPage } from "../../drawing/saving";
import { wholeSurface } from "../../drawing/saving";
import { PAGE_SPACE } from "../../drawing/space";
import type { Call } from "../../state/call";
import { boardOf, boardPort } from "./board_desk";

export function savedPages(call: Call): SavedPage[] {
  return boardOf(call).state.pages.map((page, index) => savedPage(call, page, index + 1));
}

export function savedPage(call: Call, { page, paper }: BoardPage, number: number): SavedPage {
  const whole: SavedPage["whole"] = async () => {
    const surface = await wholeSurface(call, boardPort(call, page));
    return { surface, space: PAGE_SPACE, ground: paper };
  };
  return { number, whole };
}

export function boardTitle(call: Call): string {
  return call.room.info?.name ?? "board";
}
