/** The whiteboard as one participant sees it: pages, which one is presented, and what is on them. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";
import type { EntryInfo } from "../protocol";
import type { DrawingState } from "./drawing";
import {
  applyDrawing,
  eventOf,
  NO_DRAWING,
  surfaceOfView,
  takeItems,
  withSurface,
} from "./drawing";
import { EMPTY_SURFACE } from "./drawing_surface";

export const PAPERS = ["blank", "grid", "dots", "lines"] as const;
export type Paper = (typeof PAPERS)[number];

export interface BoardPage {
  readonly page: string;
  readonly paper: Paper;
}

export interface WhiteboardState {
  readonly pages: readonly BoardPage[];
  /** The page that those who run the room show. */
  readonly presented: string;
  readonly isOpen: boolean;
  /** What was opened last stands in front of other things on the stage. */
  readonly openedSeq: number;
  readonly everybodyDraws: boolean;
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
};

function load(view: unknown, seq: number): WhiteboardState {
  const fields = fieldsOf(view);
  const presented = textOf(fields["presented"]) ?? FIRST_PAGE;
  const listed = Array.isArray(fields["pages"]) ? (fields["pages"] as readonly unknown[]) : [];
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
    pages: pages.length === 0 ? [{ page: FIRST_PAGE, paper: "blank" }] : pages,
    presented,
    isOpen: fields["is_open"] === true,
    openedSeq: numberOf(fields["opened_seq"]),
    everybodyDraws: fields["everybody_draws"] === true,
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
  const after = applyToPages(state, event, page, body);
  const openedSeq = event === "opened" ? entry.seq : state.openedSeq;
  return after === state ? state : { ...after, openedSeq, seq: entry.seq };
}

function applyToPages(
  state: WhiteboardState,
  event: string,
  page: string,
  body: Readonly<Record<string, unknown>>,
): WhiteboardState {
  switch (event) {
    case "opened":
      return { ...state, isOpen: body["is_open"] === true };
    case "everybody_draws":
      return { ...state, everybodyDraws: body["is_allowed"] === true };
    case "page_presented":
      return { ...state, presented: page };
    case "page_added":
      return {
        ...state,
        pages: state.pages.toSpliced(numberOf(body["position"]), 0, pageOf(body)),
        presented: page,
        drawing: withSurface(state.drawing, page, EMPTY_SURFACE),
      };
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
        pages: state.pages.map((other) => (other.page === page ? pageOf(body) : other)),
      };
    default:
      return state;
  }
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
  const paper = PAPERS.find((known) => known === fields["paper"]) ?? "blank";
  return { page: textOf(fields["page"]) ?? "", paper };
}
