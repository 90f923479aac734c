/** The line through the points of a stroke: round where the hand went round, sharp where it turned. Pure. */

import { distance, pointAt } from "./shape";
import type { Point } from "./space";

export type StrokeStep =
  | { readonly kind: "move"; readonly to: Point }
  | { readonly kind: "line"; readonly to: Point }
  | { readonly kind: "curve"; readonly by: Point; readonly to: Point };

/** A longer piece is straight: its points were left out because they lay on it. */
const LONGEST_CURVED = 350;
/** The cosine of the sharpest turn that is still a bend: 50°. */
const SHARPEST_BEND = Math.cos((50 * Math.PI) / 180);

export function strokeSteps(points: Float32Array): StrokeStep[] {
  const count = points.length / 2;
  const first = pointAt(points, 0);
  const steps: StrokeStep[] = [{ kind: "move", to: first }];
  if (count === 1) return [...steps, { kind: "line", to: { x: first.x + 0.1, y: first.y } }];
  let wasBent = false;
  for (let index = 1; index < count - 1; index++) {
    const before = pointAt(points, index - 1);
    const at = pointAt(points, index);
    const next = pointAt(points, index + 1);
    const isBent = isBend(before, at, next);
    if (!isBent) steps.push({ kind: "line", to: at });
    else {
      // From halfway to halfway, so that the line does not break where two bends meet.
      if (!wasBent) steps.push({ kind: "line", to: middle(before, at) });
      steps.push({ kind: "curve", by: at, to: middle(at, next) });
    }
    wasBent = isBent;
  }
  return [...steps, { kind: "line", to: pointAt(points, count - 1) }];
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
