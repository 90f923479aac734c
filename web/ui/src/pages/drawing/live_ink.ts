/**
 * A stroke in the making: points come at its end, and its path grows with them.
 *
 * What a point adds costs that point and not the stroke. The last piece is straight until the next
 * point says how the line goes on; so the path that stands ends before it.
 */

import type { Item } from "../../client/plugins/drawing_item";
import type { Context } from "./painter";
import { addPressed, paintStroke } from "./painter";
import { lineWidthOf, pointAt } from "./shape";
import { addSteps } from "./stroke_steps";

const FIRST_CAPACITY = 128;
/** Five times what a page makes of a stroke: whoever sends more is not shown more. */
const MOST_POINTS = 16_384;

export class LiveInk {
  #points = new Float32Array(FIRST_CAPACITY);
  #pressures = new Uint8Array(FIRST_CAPACITY / 2);
  #count = 0;
  /** Of the points that are in the path already; without the last one. */
  #settled = 0;
  #wasBent = false;
  #path = new Path2D();
  #item: Item;

  /** Its points are in squares of the surface; those in `item` are not looked at. */
  constructor(item: Item) {
    this.#item = item;
  }

  /** Puts points, and as many pressures or none, in the place of those from the `start`th on. */
  extend(item: Item, start: number, points: Float32Array): void {
    this.#item = item;
    // A part that was lost leaves a straight line until the finished stroke comes.
    const from = Math.min(start, this.#count);
    if (from + points.length / 2 > MOST_POINTS) return;
    if (from < this.#count) this.#forget();
    this.#count = from + points.length / 2;
    this.#grow();
    this.#points.set(points, 2 * from);
    this.#pressures.set(item.pressures.subarray(0, points.length / 2), from);
  }

  /** The picture below has another shape now. */
  stretch(ratio: number): void {
    for (let index = 1; index < 2 * this.#count; index += 2) {
      this.#points[index] = (this.#points[index] ?? 0) * ratio;
    }
    this.#forget();
  }

  paint(context: Context): void {
    if (this.#count === 0) return;
    paintStroke(context, this.#item, lineWidthOf(this.#item), this.#grown());
  }

  #grown(): Path2D {
    const points = this.#points.subarray(0, 2 * this.#count);
    if (this.#item.pressures.length > 0) {
      const width = lineWidthOf(this.#item);
      addPressed(this.#path, points, width, this.#pressures, this.#settled);
      this.#settled = this.#count;
      return this.#path;
    }
    this.#wasBent = addSteps(this.#path, points, this.#settled, this.#wasBent);
    this.#settled = Math.max(0, this.#count - 1);
    const path = new Path2D(this.#path);
    const last = pointAt(points, this.#count - 1);
    path.lineTo(last.x + (this.#count === 1 ? 0.1 : 0), last.y);
    return path;
  }

  #forget(): void {
    this.#path = new Path2D();
    this.#settled = 0;
    this.#wasBent = false;
  }

  #grow(): void {
    let capacity = this.#pressures.length;
    while (capacity < this.#count) capacity *= 2;
    if (capacity === this.#pressures.length) return;
    const points = new Float32Array(2 * capacity);
    points.set(this.#points);
    this.#points = points;
    const pressures = new Uint8Array(capacity);
    pressures.set(this.#pressures);
    this.#pressures = pressures;
  }
}
