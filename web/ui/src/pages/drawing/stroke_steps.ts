/** The line through the points of a stroke: round where the hand went round, sharp where it turned. Pure. */

import { distance, pointAt } from "./shape";
import type { Point } from "./space";

/** What of a `Path2D` a stroke is made of. */
export type StrokePath = Pick<Path2D, "moveTo" | "lineTo" | "quadraticCurveTo">;

/** A longer piece is straight: its points were left out because they lay on it. */
const LONGEST_CURVED = 350;
/** The cosine of the sharpest turn that is still a bend: 50°. */
const SHARPEST_BEND = Math.cos((50 * Math.PI) / 180);

/** Adds the whole line. */
export function addStroke(path: StrokePath, points: Float32Array): void {
  addSteps(path, points, 0, false);
  const count = points.length / 2;
  const last = pointAt(points, count - 1);
  path.lineTo(last.x + (count === 1 ? 0.1 : 0), last.y);
}

/**
 * Adds the line through the points but for the last one, which is not known to be a bend or a
 * corner before another one follows.
 *
 * `from` and `wasBent` say how far the path is: the first time 0 and false, later all but one of
 * the points of the time before and what was returned then.
 */
export function addSteps(
  path: StrokePath,
  points: Float32Array,
  from: number,
  wasBent: boolean,
): boolean {
  const first = pointAt(points, 0);
  if (from === 0) path.moveTo(first.x, first.y);
  let isBent = wasBent;
  for (let index = Math.max(1, from); index < points.length / 2 - 1; index++) {
    const before = pointAt(points, index - 1);
    const at = pointAt(points, index);
    const next = pointAt(points, index + 1);
    const hadBend = isBent;
    isBent = isBend(before, at, next);
    if (!isBent) path.lineTo(at.x, at.y);
    else {
      // From halfway to halfway, so that the line does not break where two bends meet.
      const [come, go] = [middle(before, at), middle(at, next)];
      if (!hadBend) path.lineTo(come.x, come.y);
      path.quadraticCurveTo(at.x, at.y, go.x, go.y);
    }
  }
  return isBent;
}

function isBend(before: Point, at: Point, next: Point): boolean {
  const come = distance(before, at);
  const go = distance(at, next);
  if (come === 0 || go === 0 || Math.max(come, go) > LONGEST_CURVED) return false;
  const along = (at.x - before.x) * (next.x - at.x) + (at.y - before.y) * (next.y - at.y);
  return along / (come * go) >= SHARPEST_BEND;
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
