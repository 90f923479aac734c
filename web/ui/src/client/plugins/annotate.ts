/** What is drawn over shared screens, cameras and pages; a surface bears the id of its track or file. */

import { fieldsOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";
import type { EntryInfo } from "../protocol";
import type { DrawingState } from "./drawing";
import {
  applyDrawing,
  isOnlyInk,
  NO_DRAWING,
  surfaceOfView,
  takeItems,
  withSurface,
} from "./drawing";

export interface AnnotateState {
  readonly drawing: DrawingState;
  /** Tracks whose picture stands still, with the file that has it. */
  readonly frozen: ReadonlyMap<string, string>;
  readonly everybodyDraws: boolean;
  readonly seq: number;
}

const PLUGIN = "annotate";

export const annotateFold: PluginFold<AnnotateState> = {
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

function load(view: unknown, seq: number): AnnotateState {
  const fields = fieldsOf(view);
  const listed = Array.isArray(fields["surfaces"]) ? fields["surfaces"].map(fieldsOf) : [];
  const name = (overlay: Readonly<Record<string, unknown>>): string =>
    textOf(overlay["surface"]) ?? "";
  const authors = Array.isArray(fields["authors"]) ? fields["authors"] : [];
  return {
    drawing: {
      ...NO_DRAWING,
      surfaces: new Map(
        listed.map((overlay) => [
          name(overlay),
          surfaceOfView(overlay["items"], seq, overlay["is_whole"] === true),
        ]),
      ),
      authors: authors.filter((author): author is string => typeof author === "string"),
      seq,
    },
    frozen: new Map(
      listed.flatMap((overlay) => {
        const fileId = textOf(overlay["frozen"]);
        return fileId === null ? [] : [[name(overlay), fileId] as const];
      }),
    ),
    everybodyDraws: fields["everybody_draws"] === true,
    seq,
  };
}

function apply(state: AnnotateState, entry: EntryInfo): AnnotateState {
  if (entry.seq <= state.seq) return state;
  const body = fieldsOf(entry.body);
  const { seq } = entry;
  switch (entry.kind) {
    case "room.track_unpublished": {
      const trackId = textOf(body["track_id"]) ?? "";
      if (!state.drawing.surfaces.has(trackId) && !state.frozen.has(trackId)) return state;
      const drawing = withSurface(state.drawing, trackId, null);
      return { ...state, drawing, frozen: without(state.frozen, trackId), seq };
    }
    case "annotate.frozen": {
      const trackId = textOf(body["surface"]) ?? "";
      const fileId = textOf(body["file_id"]);
      const frozen = new Map(without(state.frozen, trackId));
      if (fileId !== null) frozen.set(trackId, fileId);
      return { ...state, frozen, seq };
    }
    case "annotate.file_removed": {
      const pages = `${textOf(body["file_id"]) ?? ""}/`;
      const gone = [...state.drawing.surfaces.keys()].filter((name) => name.startsWith(pages));
      const { drawing } = state;
      return { ...state, drawing: gone.reduce((all, name) => withSurface(all, name, null), drawing), seq };
    }
    case "annotate.everybody_draws":
      return { ...state, everybodyDraws: body["is_allowed"] === true, seq };
    default: {
      const drawing = applyDrawing(state.drawing, entry, PLUGIN);
      return drawing === state.drawing ? state : { ...state, drawing, seq };
    }
  }
}

function without(frozen: ReadonlyMap<string, string>, trackId: string): Map<string, string> {
  const rest = new Map(frozen);
  rest.delete(trackId);
  return rest;
}
