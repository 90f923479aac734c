/** The whiteboard as one participant sees it: pages, which one is presented, and what is on them. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";
import type { EntryInfo } from "../protocol";
import { listOf } from "./body_lists";
import type { DrawingState } from "./drawing";
import {
  applyDrawing,
  eventOf,
  isOnlyInk,
  NO_DRAWING,
  surfaceOfView,
  takeItems,
  withAuthor,
  withSurface,
} from "./drawing";
import { EMPTY_SURFACE } from "./drawing_surface";

export const PAPERS = ["blank", "grid", "dots", "lines"] as const;
export type Paper = (typeof PAPERS)[number];

export interface BoardPage {
  readonly page: string;
  readonly paper: Paper;
  /** The group that has drawn it; null: it is from here. */
  readonly group: { readonly groupId: string; readonly name: string } | null;
}

/** What a group that is over has on its board. */
export interface GroupBoard {
  readonly groupId: string;
  readonly pages: number;
  readonly things: number;
}

export interface WhiteboardState {
  readonly pages: readonly BoardPage[];
  /** The page that those who run the room show. */
  readonly presented: string;
  readonly isOpen: boolean;
  /** What was opened last stands in front of other things on the stage. */
  readonly openedSeq: number;
  readonly everybodyDraws: boolean;
  /** This is a group's: everybody there turns the pages. */
  readonly isGroup: boolean;
  /** For those who run the room. */
  readonly groupBoards: readonly GroupBoard[];
  readonly drawing: DrawingState;
  readonly seq: number;
}

const PLUGIN = "whiteboard";
const FIRST_PAGE = "page1";

export const whiteboardFold: PluginFold<WhiteboardState> = {
  name: PLUGIN,
  load,
  apply,
  signal: (state, signal) => {
    if (signal.event !== "items") return state;
    const drawing = takeItems(state.drawing, signal.body, PLUGIN);
    return drawing === state.drawing ? state : { ...state, drawing };
  },
  isQuiet: isOnlyInk,
};

function load(view: unknown, seq: number): WhiteboardState {
  const fields = fieldsOf(view);
  const presented = textOf(fields["presented"]) ?? FIRST_PAGE;
  const listed = listOf(fields["pages"]);
  const pages = listed.map(pageOf);
  const surfaces = new Map(
    listed.map((page) => {
      const name = textOf(fieldsOf(page)["page"]) ?? "";
      const isUnused = numberOf(fieldsOf(page)["numbers_used"]) === 0;
      const isShown = name === presented;
      const isWhole = isUnused || (isShown && fields["is_whole"] === true);
      return [name, surfaceOfView(isShown ? fields["items"] : [], seq, isWhole)] as const;
    }),
  );
  const authors = Array.isArray(fields["authors"]) ? fields["authors"] : [];
  return {
    pages: pages.length === 0 ? [{ page: FIRST_PAGE, paper: "blank", group: null }] : pages,
    presented,
    isOpen: fields["is_open"] === true,
    openedSeq: numberOf(fields["opened_seq"]),
    everybodyDraws: fields["everybody_draws"] === true,
    isGroup: fields["is_group"] === true,
    groupBoards: listOf(fields["group_boards"]).map(groupBoardOf),
    drawing: {
      ...NO_DRAWING,
      surfaces,
      authors: authors.filter((author): author is string => typeof author === "string"),
      seq,
    },
    seq,
  };
}

function apply(state: WhiteboardState, entry: EntryInfo): WhiteboardState {
  const event = eventOf(entry.kind, PLUGIN);
  if (event === null || entry.seq <= state.seq) return state;
  const drawing = applyDrawing(state.drawing, entry, PLUGIN);
  if (drawing !== state.drawing) return { ...state, drawing, seq: entry.seq };
  const body = fieldsOf(entry.body);
  const page = textOf(body["page"]) ?? "";
  const after = applyToPages(state, event, page, body, entry.seq);
  const openedSeq = event === "opened" ? entry.seq : state.openedSeq;
  return after === state ? state : { ...after, openedSeq, seq: entry.seq };
}

function applyToPages(
  state: WhiteboardState,
  event: string,
  page: string,
  body: Readonly<Record<string, unknown>>,
  seq: number,
): WhiteboardState {
  switch (event) {
    case "opened":
      return { ...state, isOpen: body["is_open"] === true };
    case "everybody_draws":
      return { ...state, everybodyDraws: body["is_allowed"] === true };
    case "page_presented":
      return { ...state, presented: page };
    case "page_added":
      return addPage(state, pageOf(body), body, seq);
    case "author_added":
      return { ...state, drawing: withAuthor(state.drawing, textOf(body["author"]) ?? "") };
    case "group_drawn":
      return { ...state, groupBoards: [...state.groupBoards, groupBoardOf(body)].slice(-50) };
    case "page_removed":
      return removePage(state, page);
    case "page_moved": {
      const moved = state.pages.filter((other) => other.page === page);
      const rest = state.pages.filter((other) => other.page !== page);
      return { ...state, pages: rest.toSpliced(numberOf(body["position"]), 0, ...moved) };
    }
    case "paper_changed":
      return {
        ...state,
        pages: state.pages.map((other) =>
          other.page === page ? { ...other, paper: paperOf(body) } : other,
        ),
      };
    default:
      return state;
  }
}

function addPage(
  state: WhiteboardState,
  added: BoardPage,
  body: Readonly<Record<string, unknown>>,
  seq: number,
): WhiteboardState {
  const isFull = numberOf(body["numbers_used"]) > 0; // A group has drawn it: to be fetched.
  const surface = isFull ? surfaceOfView([], seq, false) : EMPTY_SURFACE;
  return {
    ...state,
    pages: state.pages.toSpliced(numberOf(body["position"]), 0, added),
    presented: added.group === null ? added.page : state.presented,
    drawing: withSurface(state.drawing, added.page, surface),
  };
}

function removePage(state: WhiteboardState, page: string): WhiteboardState {
  const position = state.pages.findIndex((other) => other.page === page);
  const pages = state.pages.filter((other) => other.page !== page);
  const neighbour = pages[Math.min(position, pages.length - 1)]?.page ?? FIRST_PAGE;
  return {
    ...state,
    pages,
    presented: state.presented === page ? neighbour : state.presented,
    drawing: withSurface(state.drawing, page, null),
  };
}

function pageOf(value: unknown): BoardPage {
  const fields = fieldsOf(value);
  const groupId = textOf(fields["group_id"]) ?? "";
  const group = groupId === "" ? null : { groupId, name: textOf(fields["group_name"]) ?? "" };
  return { page: textOf(fields["page"]) ?? "", paper: paperOf(fields), group };
}

function paperOf(fields: Readonly<Record<string, unknown>>): Paper {
  return PAPERS.find((known) => known === fields["paper"]) ?? "blank";
}

function groupBoardOf(value: unknown): GroupBoard {
  const fields = fieldsOf(value);
  return {
    groupId: textOf(fields["group_id"]) ?? "",
    pages: numberOf(fields["pages"]),
    things: numberOf(fields["things"]),
  };
}
