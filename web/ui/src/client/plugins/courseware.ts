/** The courseware as one participant sees it: documents, and which page is shown. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";

export const MAX_COURSEWARE_BYTES = 100_000_000;
export const COURSEWARE_TYPES: readonly string[] = [
  "application/pdf",
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
];

export interface CoursePage {
  readonly fileId: string;
  /** Within its file, counted from 1: the address of its pictures has it. */
  readonly number: number;
  /** 0: it is still being prepared. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/** One file of a document. Until it is whole its pages come in any order. */
export interface CoursePart {
  readonly fileId: string;
  readonly pages: readonly CoursePage[];
  readonly isWhole: boolean;
}

export interface CourseDocument {
  readonly id: string;
  readonly name: string;
  readonly status: "preparing" | "ready" | "failed";
  /** The code of what went wrong. */
  readonly error: string | null;
  readonly parts: readonly CoursePart[];
  /** Those that have a number, with those among them that are still being prepared. */
  readonly pages: readonly CoursePage[];
  /** While it is prepared: how many pages of all are there, as far as it is known. */
  readonly done: number;
  readonly expected: number;
}

export interface CoursewareState {
  readonly documents: readonly CourseDocument[];
  readonly documentId: string | null;
  /** Counted from 1. */
  readonly page: number;
  readonly isOpen: boolean;
  /** Of the entry that showed the page: what was shown last stands in front. */
  readonly presentedSeq: number;
}

const NOTHING: CoursewareState = {
  documents: [],
  documentId: null,
  page: 1,
  isOpen: false,
  presentedSeq: 0,
};

export const coursewareFold: PluginFold<CoursewareState> = {
  name: "courseware",

  load(view) {
    const fields = fieldsOf(view);
    return {
      documents: listOf(fields["documents"]).map(documentOf),
      documentId: textOf(fields["document"]),
      page: numberOf(fields["page"]) || 1,
      isOpen: fields["is_open"] === true,
      presentedSeq: numberOf(fields["presented_seq"]),
    };
  },

  apply(state, entry) {
    const body = fieldsOf(entry.body);
    const id = textOf(body["document"]) ?? "";
    switch (entry.kind) {
      case "courseware.document_added": {
        if (documentIn(state, id) !== undefined) return state;
        const parts = listOf(body["files"]).map((fileId) => ({ file_id: fileId }));
        const added = documentOf({ document: id, name: body["name"], parts });
        return { ...state, documents: [...state.documents, added] };
      }
      case "courseware.pages_ready":
        return changed(state, id, (document) =>
          withPart(document, partOf({ ...body, expected: body["pages"] })),
        );
      case "courseware.file_ready":
        return changed(state, id, (document) => withPart(document, partOf(body)));
      case "courseware.document_failed":
        return failed(state, id, textOf(body["code"]));
      case "courseware.document_removed":
        return without(state, id);
      case "courseware.presented":
        return {
          ...state,
          documentId: id,
          page: numberOf(body["page"]) || 1,
          isOpen: true,
          presentedSeq: entry.seq,
        };
      case "courseware.stopped":
        return { ...state, isOpen: false };
      default:
        return state;
    }
  },

  signal(state, signal) {
    if (signal.event !== "progress") return state;
    const body = fieldsOf(signal.body);
    return changed(state, textOf(body["document"]) ?? "", (document) => ({
      ...document,
      done: numberOf(body["done"]),
      expected: numberOf(body["pages"]),
    }));
  },
};

export function documentIn(state: CoursewareState, id: string | null): CourseDocument | undefined {
  return state.documents.find((document) => document.id === id);
}

function changed(
  state: CoursewareState,
  id: string,
  change: (document: CourseDocument) => CourseDocument,
): CoursewareState {
  const documents = state.documents.map((one) => (one.id === id ? change(one) : one));
  return { ...state, documents };
}

function without(state: CoursewareState, id: string): CoursewareState {
  const documents = state.documents.filter((document) => document.id !== id);
  return state.documentId === id ? { ...NOTHING, documents } : { ...state, documents };
}

function failed(state: CoursewareState, id: string, error: string | null): CoursewareState {
  const isOpen = state.isOpen && state.documentId !== id;
  return { ...changed(state, id, (one) => ({ ...one, status: "failed", error })), isOpen };
}

/** Pages stand in the order of the files, whichever of these is ready first. */
function withPart(document: CourseDocument, changedPart: CoursePart): CourseDocument {
  const parts = document.parts.map((one) =>
    one.fileId === changedPart.fileId ? changedPart : one,
  );
  const isReady = parts.every((part) => part.isWhole);
  const status = document.status === "failed" ? "failed" : isReady ? "ready" : "preparing";
  return { ...document, parts, pages: numberedPages(parts), status };
}

/** How many of its pages can be shown. */
export function readyPages(document: CourseDocument): number {
  return document.pages.filter((page) => page.widthPx > 0).length;
}

/** No page may change its number when one before it is there. */
function numberedPages(parts: readonly CoursePart[]): CoursePage[] {
  const unknown = parts.findIndex((part) => part.pages.length === 0);
  return parts.slice(0, unknown < 0 ? undefined : unknown).flatMap((part) => part.pages);
}

function partOf(value: unknown): CoursePart {
  const fields = fieldsOf(value);
  const fileId = textOf(fields["file_id"]) ?? "";
  const expected = numberOf(fields["expected"]);
  const pages = pagesOf(fileId, fields["sizes"], expected);
  return { fileId, pages, isWhole: pages.length > 0 && expected === 0 };
}

function documentOf(value: unknown): CourseDocument {
  const fields = fieldsOf(value);
  const listed = listOf(fields["parts"]);
  const parts = listed.map(partOf);
  const expected = listed.map((part) => numberOf(fieldsOf(part)["expected"]));
  const drawn = expected.findIndex((pages) => pages > 0);
  const status = fields["status"];
  return {
    id: textOf(fields["document"]) ?? "",
    name: textOf(fields["name"]) ?? "",
    status: status === "ready" || status === "failed" ? status : "preparing",
    error: textOf(fields["error"]),
    parts,
    pages: numberedPages(parts),
    done: parts[drawn]?.pages.filter((page) => page.widthPx > 0).length ?? 0,
    expected: expected[drawn] ?? 0,
  };
}

/** Sizes come as `[count, width, height]` for pages in a row that are alike. */
function pagesOf(fileId: string, sizes: unknown, expected: number): CoursePage[] {
  const runs = listOf(sizes).map((run) => listOf(run).map(numberOf));
  const pages = runs.flatMap(([count = 0, widthPx = 0, heightPx = 0]) =>
    Array.from({ length: Math.min(count, 1000) }, () => ({ fileId, widthPx, heightPx })),
  );
  const missing = Math.min(Math.max(0, expected - pages.length), 1000);
  const all = [...pages, ...Array<Omit<CoursePage, "number">>(missing).fill(unready(fileId))];
  return all.map((page, index) => ({ ...page, number: index + 1 }));
}

function unready(fileId: string): Omit<CoursePage, "number"> {
  return { fileId, widthPx: 0, heightPx: 0 };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
