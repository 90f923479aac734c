/** The fold over the entries that whiteboard and annotations have in common. Pure. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { EntryInfo } from "../protocol";
import { composed, frameOf, itemOf, placedOf, styled, styleOf } from "./drawing_item";
import type { Item, Placed } from "./drawing_item";
import type { Surface } from "./drawing_surface";
import { changed, EMPTY_SURFACE, itemsOf, placeOf, surfaceOf, withPlaces } from "./drawing_surface";

/** Entries that a surface keeps while parts of it are missing; a page that needs more begins anew. */
const MOST_BACKLOG = 5_000;
const KEPT_DRAFTS = 64;

export interface DrawingState {
  readonly surfaces: ReadonlyMap<string, Surface>;
  /** Identities; items name their author by the place in this list. */
  readonly authors: readonly string[];
  /** Drafts that have become items lately: `participant/key`. */
  readonly finishedDrafts: readonly string[];
  readonly seq: number;
}

export const NO_DRAWING: DrawingState = {
  surfaces: new Map(),
  authors: [],
  finishedDrafts: [],
  seq: 0,
};

const CHANGES: Readonly<Record<string, (surface: Surface, change: Change) => Surface>> = {
  edited,
  transformed,
  restyled,
  cleared,
  reverted,
};

interface Change {
  readonly body: Readonly<Record<string, unknown>>;
  readonly seq: number;
  readonly authors: readonly string[];
}

/** Applies an entry whose kind is `<plugin>.<event>`; one that is known already changes nothing. */
export function applyDrawing(
  state: DrawingState,
  entry: EntryInfo,
  plugin: string,
): DrawingState {
  const event = eventOf(entry.kind, plugin);
  if (event === null || CHANGES[event] === undefined || entry.seq <= state.seq) return state;
  const body = fieldsOf(entry.body);
  const name = textOf(body["surface"]) ?? "";
  const author = textOf(body["author"]) ?? "";
  const authors = state.authors.includes(author) ? state.authors : [...state.authors, author];
  const before = state.surfaces.get(name) ?? EMPTY_SURFACE;
  const after = applyToSurface(before, entry, event, authors);
  const draft = numberOf(body["draft"]);
  return {
    surfaces: new Map(state.surfaces).set(name, keepBacklog(after, entry)),
    authors,
    finishedDrafts:
      draft === 0
        ? state.finishedDrafts
        : [...state.finishedDrafts.slice(1 - KEPT_DRAFTS), `${entry.author ?? ""}/${draft}`],
    seq: entry.seq,
  };
}

/** Whether nothing has changed but what is drawn, which canvases show by themselves. */
export function isOnlyInk<S extends { drawing: DrawingState }>(before: S, after: S): boolean {
  const names = Object.keys(after) as (keyof S)[];
  return (
    names.every((name) => name === "drawing" || name === "seq" || before[name] === after[name]) &&
    haveSameSurfaces(before.drawing, after.drawing)
  );
}

function haveSameSurfaces(before: DrawingState, after: DrawingState): boolean {
  if (before.authors !== after.authors || before.surfaces.size !== after.surfaces.size) return false;
  for (const [name, { buckets }] of after.surfaces) {
    const known = before.surfaces.get(name);
    if (known === undefined || (known.buckets.length === 0) !== (buckets.length === 0)) return false;
  }
  return true;
}

/** Takes the signal `items`: a part of a surface that was asked for. */
export function takeItems(state: DrawingState, value: unknown, plugin: string): DrawingState {
  const body = fieldsOf(value);
  const name = textOf(body["surface"]) ?? "";
  const surface = state.surfaces.get(name);
  // What was not asked for, or was asked for twice, is known.
  if (surface === undefined || numberOf(body["after"]) !== surface.loadedUntil) return state;
  const seq = numberOf(body["seq"]);
  const items = placedList(body["items"]);
  const isLast = body["is_last"] === true;
  const places = items.map((placed) => ({ placed, seq, isGone: false }));
  let taken = withPlaces(surface, places);
  for (const entry of surface.backlog) {
    const event = eventOf(entry.kind, plugin);
    if (event !== null && entry.seq > seq) taken = applyToSurface(taken, entry, event, state.authors);
  }
  taken = {
    ...taken,
    loadedUntil: isLast ? Infinity : numberOf(body["until"]),
    backlog: isLast ? [] : taken.backlog,
  };
  return { ...state, surfaces: new Map(state.surfaces).set(name, taken) };
}

export function placedList(value: unknown): Placed[] {
  return Array.isArray(value) ? value.map(placedOf).filter((placed) => placed !== null) : [];
}

/** A surface as a view has it: some items, perhaps not all. */
export function surfaceOfView(items: unknown, seq: number, isWhole: boolean): Surface {
  return surfaceOf(placedList(items), seq, isWhole);
}

/** An author is known, though what it has drawn is fetched later. */
export function withAuthor(state: DrawingState, author: string): DrawingState {
  if (state.authors.includes(author)) return state;
  return { ...state, authors: [...state.authors, author] };
}

export function withSurface(
  state: DrawingState,
  name: string,
  surface: Surface | null,
): DrawingState {
  const surfaces = new Map(state.surfaces);
  if (surface === null) surfaces.delete(name);
  else surfaces.set(name, surface);
  return { ...state, surfaces };
}

export function eventOf(kind: string, plugin: string): string | null {
  return kind.startsWith(`${plugin}.`) ? kind.slice(plugin.length + 1) : null;
}

function applyToSurface(
  surface: Surface,
  entry: EntryInfo,
  event: string,
  authors: readonly string[],
): Surface {
  const change = { body: fieldsOf(entry.body), seq: entry.seq, authors };
  return CHANGES[event]?.(surface, change) ?? surface;
}

function keepBacklog(surface: Surface, entry: EntryInfo): Surface {
  if (surface.loadedUntil === Infinity) return surface;
  // Too much has happened while the rest was on its way: it is asked for from the start.
  if (surface.backlog.length >= MOST_BACKLOG) return { ...surface, loadedUntil: -1, backlog: [] };
  return { ...surface, backlog: [...surface.backlog, entry] };
}

function edited(surface: Surface, { body, seq, authors }: Change): Surface {
  const rest = removed(surface, numbersOf(body["removed"]), seq);
  const first = numberOf(body["first_number"]);
  const by = authors.indexOf(textOf(body["author"]) ?? "");
  const items = Array.isArray(body["added"]) ? body["added"].map(itemOf) : [];
  return withPlaces(
    rest,
    items.flatMap((item, index) =>
      item === null ? [] : [{ placed: { number: first + index, by, item }, seq, isGone: false }],
    ),
  );
}

function transformed(surface: Surface, { body, seq }: Change): Surface {
  const frame = frameOf(body["frame"]);
  return mapped(surface, numbersOf(body["numbers"]), seq, (item) => ({
    ...item,
    frame: composed(frame, item.frame),
  }));
}

function restyled(surface: Surface, { body, seq }: Change): Surface {
  const style = styleOf(body["style"]);
  return mapped(surface, numbersOf(body["numbers"]), seq, (item) => styled(item, style));
}

function cleared(surface: Surface, { body, seq, authors }: Change): Surface {
  const owner = textOf(body["only_author"]);
  const by = owner === null ? null : authors.indexOf(owner);
  const items = [...itemsOf(surface)].filter((placed) => by === null || placed.by === by);
  return removed(surface, items.map((placed) => placed.number), seq);
}

function reverted(surface: Surface, { body, seq }: Change): Surface {
  const restored = numbersOf(body["restored"]);
  const gone = removed(surface, numbersOf(body["removed"]), seq);
  const back = changed(gone, restored, seq, () => ({ isGone: false }));
  const list = Array.isArray(body["changed"]) ? (body["changed"] as readonly unknown[]) : [];
  let after = back;
  for (const pair of list) {
    const [number, value] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    const item = itemOf(value);
    if (typeof number === "number" && item !== null) {
      after = mapped(after, [number], seq, () => item);
    }
  }
  const missing = restored.filter((number) => placeOf(after, number) === undefined);
  if (missing.length === 0) return after;
  // Removed before this page came, and back now: the server has them.
  return { ...after, loadedUntil: Math.min(after.loadedUntil, ...missing.map((n) => n - 1)) };
}

function removed(surface: Surface, numbers: Iterable<number>, seq: number): Surface {
  return changed(surface, numbers, seq, () => ({ isGone: true }));
}

function mapped(
  surface: Surface,
  numbers: Iterable<number>,
  seq: number,
  change: (item: Item) => Item,
): Surface {
  return changed(surface, numbers, seq, ({ placed }) => ({
    placed: { ...placed, item: change(placed.item) },
  }));
}

function numbersOf(value: unknown): number[] {
  return Array.isArray(value)
    ? value.filter((number): number is number => typeof number === "number")
    : [];
}
