/** Paths of a pen: simplified before they are sent, cut where the rubber passed. Pure. */

import { pointAt, distanceToSegment } from "./shape";
import type { Point } from "./space";

export interface InkPath {
  /** `x0, y0, x1, y1, …` */
  readonly points: readonly number[];
  /** One for each point, or none. */
  readonly pressures: readonly number[];
}

/** Leaves out points that are nearer than `tolerance` to the line between those kept (Ramer-Douglas-Peucker). */
export function simplified(path: InkPath, tolerance: number): InkPath {
  const count = path.points.length / 2;
  if (count <= 2) return path;
  const points = Float32Array.from(path.points);
  const kept = new Uint8Array(count);
  kept[0] = kept[count - 1] = 1;
  // A pen that presses harder or softer needs its points also where it goes straight on.
  const spans: [number, number][] = [[0, count - 1]];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [first, last] = span;
    const farthest = farthestPoint(points, path.pressures, first, last);
    if (farthest.distance <= tolerance) continue;
    kept[farthest.index] = 1;
    spans.push([first, farthest.index], [farthest.index, last]);
  }
  return picked(path, (index) => kept[index] === 1);
}

/** What is left of a path after a rubber of this radius went from one point to another. */
export function cut(path: InkPath, from: Point, to: Point, radius: number): InkPath[] | null {
  const dense = densified(path, radius / 2);
  const count = dense.points.length / 2;
  const points = Float32Array.from(dense.points);
  const isGone = (index: number): boolean =>
    distanceToSegment(from, to, pointAt(points, index)) <= radius;
  let hasGap = false;
  const pieces: [number, number][] = [];
  let start = -1;
  for (let index = 0; index <= count; index++) {
    const gone = index === count || isGone(index);
    if (gone && index < count) hasGap = true;
    if (!gone && start < 0) start = index;
    if (gone && start >= 0) {
      if (index - start > 1) pieces.push([start, index]);
      start = -1;
    }
  }
  if (!hasGap) return null;
  return pieces.map(([first, end]) => picked(dense, (index) => index >= first && index < end));
}

function farthestPoint(
  points: Float32Array,
  pressures: readonly number[],
  first: number,
  last: number,
): { index: number; distance: number } {
  const a = pointAt(points, first);
  const b = pointAt(points, last);
  let found = { index: first, distance: -1 };
  for (let index = first + 1; index < last; index++) {
    const beside = distanceToSegment(a, b, pointAt(points, index));
    const share = (index - first) / (last - first);
    const expected = (pressures[first] ?? 0) * (1 - share) + (pressures[last] ?? 0) * share;
    const harder = Math.abs((pressures[index] ?? expected) - expected) / 4;
    const distance = Math.max(beside, harder);
    if (distance > found.distance) found = { index, distance };
  }
  return found;
}

/** Puts points in, so that none is farther from the next than `step`. */
function densified(path: InkPath, step: number): InkPath {
  const points: number[] = [];
  const pressures: number[] = [];
  for (let index = 0; index < path.points.length / 2; index++) {
    const x = path.points[2 * index] ?? 0;
    const y = path.points[2 * index + 1] ?? 0;
    const beforeX = path.points[2 * index - 2] ?? x;
    const beforeY = path.points[2 * index - 1] ?? y;
    const parts = Math.min(500, Math.max(1, Math.ceil(Math.hypot(x - beforeX, y - beforeY) / step)));
    for (let part = 1; part <= parts; part++) {
      points.push(beforeX + ((x - beforeX) * part) / parts, beforeY + ((y - beforeY) * part) / parts);
      if (path.pressures.length > 0) pressures.push(path.pressures[index] ?? 128);
    }
  }
  return { points, pressures };
}

function picked(path: InkPath, isWanted: (index: number) => boolean): InkPath {
  const points: number[] = [];
  const pressures: number[] = [];
  for (let index = 0; index < path.points.length / 2; index++) {
    if (!isWanted(index)) continue;
    points.push(path.points[2 * index] ?? 0, path.points[2 * index + 1] ?? 0);
    if (path.pressures.length > 0) pressures.push(path.pressures[index] ?? 128);
  }
  return { points, pressures };
}
