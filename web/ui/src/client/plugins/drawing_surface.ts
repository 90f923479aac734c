/**
 * A surface as a page knows it: items by number in buckets that are shared while they do not change.
 *
 * A page that comes late has a part of the items and fetches the rest. So each place says of which
 * seq it is, and what happened to a surface in the meantime is done again to what arrives.
 */

import type { Placed } from "./drawing_item";
import type { EntryInfo } from "../protocol";

const BUCKET = 128;

/** What is known of one number; an item that is gone is kept, for an undo may bring it back. */
export interface Place {
  readonly placed: Placed;
  readonly seq: number;
  readonly isGone: boolean;
}

type Bucket = readonly (Place | undefined)[];

export interface Surface {
  readonly buckets: readonly Bucket[];
  /** Items up to this number are here; Infinity: all are. */
  readonly loadedUntil: number;
  /** Entries since the first part came, while parts are missing. */
  readonly backlog: readonly EntryInfo[];
}

export const EMPTY_SURFACE: Surface = { buckets: [], loadedUntil: Infinity, backlog: [] };

export function surfaceOf(items: readonly Placed[], seq: number, isWhole: boolean): Surface {
  const loadedUntil = isWhole ? Infinity : (items.at(-1)?.number ?? -1);
  const places = items.map((placed) => ({ placed, seq, isGone: false }));
  return withPlaces({ ...EMPTY_SURFACE, loadedUntil }, places);
}

export function placeOf(surface: Surface, number: number): Place | undefined {
  return surface.buckets[Math.floor(number / BUCKET)]?.[number % BUCKET];
}

export function itemAt(surface: Surface, number: number): Placed | undefined {
  const place = placeOf(surface, number);
  return place === undefined || place.isGone ? undefined : place.placed;
}

/** All items, the lowest first. */
export function* itemsOf(surface: Surface): Generator<Placed> {
  for (const bucket of surface.buckets) {
    for (const place of bucket) if (place !== undefined && !place.isGone) yield place.placed;
  }
}

const counts = new WeakMap<Bucket, number>();

export function countOf(surface: Surface): number {
  let count = 0;
  for (const bucket of surface.buckets) {
    const known = counts.get(bucket) ?? bucket.filter((place) => place?.isGone === false).length;
    counts.set(bucket, known);
    count += known;
  }
  return count;
}

/** Puts places in; each must be newer than what is there, or it is passed over. */
export function withPlaces(surface: Surface, places: readonly Place[]): Surface {
  if (places.length === 0) return surface;
  const buckets: Bucket[] = [...surface.buckets];
  const own = new Set<number>();
  for (const place of places) {
    const { number } = place.placed;
    const index = Math.floor(number / BUCKET);
    while (buckets.length <= index) buckets.push([]);
    const bucket = own.has(index) ? (buckets[index] as (Place | undefined)[]) : [...(buckets[index] ?? [])];
    const there = bucket[number % BUCKET];
    if (there !== undefined && there.seq >= place.seq) continue;
    bucket[number % BUCKET] = place;
    buckets[index] = bucket;
    own.add(index);
  }
  return { ...surface, buckets };
}

/** Changes the places of some numbers; those that are not known, or newer than `seq`, stay. */
export function changed(
  surface: Surface,
  numbers: Iterable<number>,
  seq: number,
  change: (place: Place) => Partial<Pick<Place, "placed" | "isGone">>,
): Surface {
  const places: Place[] = [];
  for (const number of numbers) {
    const place = placeOf(surface, number);
    if (place !== undefined && place.seq < seq) places.push({ ...place, ...change(place), seq });
  }
  return withPlaces(surface, places);
}

/** What differs between two states of a surface, found by the buckets that are not shared. */
export interface SurfaceDifference {
  /** Items that are gone or look different now, as they were. */
  readonly before: readonly Placed[];
  /** Items that are new or look different now, as they are, the lowest first. */
  readonly after: readonly Placed[];
}

export function differenceOf(before: Surface, after: Surface): SurfaceDifference {
  const gone: Placed[] = [];
  const come: Placed[] = [];
  const count = Math.max(before.buckets.length, after.buckets.length);
  for (let index = 0; index < count; index++) {
    const old = before.buckets[index];
    const fresh = after.buckets[index];
    if (old === fresh) continue;
    const length = Math.max(old?.length ?? 0, fresh?.length ?? 0);
    for (let position = 0; position < length; position++) {
      const was = shown(old?.[position]);
      const is = shown(fresh?.[position]);
      if (was === is) continue;
      if (was !== undefined) gone.push(was);
      if (is !== undefined) come.push(is);
    }
  }
  return { before: gone, after: come };
}

function shown(place: Place | undefined): Placed | undefined {
  return place === undefined || place.isGone ? undefined : place.placed;
}
