/** The board as this page has it: which page is looked at, and the tools that stay in the hand. */

import { signal } from "@preact/signals";

import type { PluginState } from "../../../client";
import type { BoardPage, WhiteboardState } from "../../../client/plugins/whiteboard";
import { whiteboardFold } from "../../../client/plugins/whiteboard";
import { Drafts } from "../../drawing/drafts";
import type { DrawingPort } from "../../drawing/easel";
import { Easel } from "../../drawing/easel";
import { Kit } from "../../drawing/kit";
import { drawingPort } from "../../drawing/port";
import { PAGE_SPACE } from "../../drawing/space";
import type { Call } from "../../state/call";

export const kit = new Kit(1);
/** The page that one has turned to oneself; null: the one that is presented. */
export const ownPage = signal<string | null>(null);
/** All pages stand in a row below the one that is looked at. */
export const isStripOpen = signal(false);
/** One has put the board away, while others look at it. */
export const isAway = signal(false);

export function boardOf(call: Call): PluginState<WhiteboardState> {
  return call.room.plugin(whiteboardFold);
}

export function isHost(call: Call): boolean {
  const role = call.room.self?.role;
  return role === "host" || role === "assistant";
}

/** Who opens the board and turns its pages: in a group, which is left to itself, everybody. */
export function leadsBoard(call: Call): boolean {
  return isHost(call) || (boardOf(call).state.isGroup && call.room.self?.role === "merchant");
}

export function mayDraw(call: Call): boolean {
  const { room } = call;
  const isAllowed = boardOf(call).state.everybodyDraws && room.self?.role === "merchant";
  return room.grants.canDraw || isAllowed;
}

/** The page that is looked at: one that was removed meanwhile gives way to the presented one. */
export function shownPage(state: WhiteboardState): BoardPage {
  const named = (name: string | null): BoardPage | undefined =>
    state.pages.find((page) => page.page === name);
  const none: BoardPage = { page: "", paper: "blank", group: null };
  return named(ownPage.value) ?? named(state.presented) ?? state.pages[0] ?? none;
}

/** Turns to a page: for all, or for oneself where one does not run the room. */
export function turnTo(call: Call, page: string): void {
  const board = boardOf(call);
  if (leadsBoard(call)) {
    ownPage.value = null;
    void call.attempt(board.request({ type: "present_page", page }).then(() => undefined));
  } else {
    ownPage.value = page === board.state.presented ? null : page;
  }
}

export function boardPort(call: Call, page: string): DrawingPort {
  return drawingPort(call, boardOf(call), page, { mayDraw: () => mayDraw(call) });
}

export function newEasel(call: Call, page: string): Easel {
  return new Easel(boardPort(call, page), kit, PAGE_SPACE, new Drafts(page, () => 1));
}
