/** An item as geometry on its surface: its points where they really are, its box, what it is hit by. */

import type { Item } from "../../client/plugins/drawing_item";
import { decodePoints } from "../../client/plugins/drawing_points";
import { measureWords } from "./measuring";
import type { Box, Point, Space } from "./space";
import { boxOf, grownBy, isInside } from "./space";
import type { Layout } from "./words";
import { noteLayout, textLayout } from "./words";

export interface Shape {
  readonly item: Item;
  /** `x0, y0, x1, y1, …` in squares of the surface. */
  readonly points: Float32Array;
  /** Of words: how large their letters are. */
  readonly lineWidth: number;
  /** How the words of a text or a note stand; its points are the corners of what they need. */
  readonly words: Layout | null;
  /** With everything that is painted. */
  readonly box: Box;
}

const HIGHLIGHT = 5;
const cache = new WeakMap<Item, { yScale: number; shape: Shape }>();

export function shapeOf(item: Item, space: Pick<Space, "yScale">): Shape {
  const known = cache.get(item);
  if (known?.yScale === space.yScale) return known.shape;
  const shape = madeShape(item, decodePoints(item.points), space.yScale);
  cache.set(item, { yScale: space.yScale, shape });
  return shape;
}

/** The shape of something whose points are known already: what is being drawn. */
export function madeShape(item: Item, stored: Float32Array, yScale: number): Shape {
  const placed = placedPoints(item, stored, yScale);
  const words = layoutOf(item, placed);
  const points = words === null ? placed : laidOut(placed, words);
  const lineWidth = words?.letters ?? lineWidthOf(item);
  return { item, points, lineWidth, words, box: paintedBox(item, points, lineWidth) };
}

function layoutOf(item: Item, points: Float32Array): Layout | null {
  if (item.kind === "text") return textLayout(item.text, lineWidthOf(item), measureWords);
  if (item.kind !== "note") return null;
  const { left, top, right, bottom } = boxOf(pointAt(points, 0), pointAt(points, 1));
  const size = { width: right - left, height: bottom - top };
  return noteLayout(item.text, size, lineWidthOf(item), measureWords);
}

/** The upper left corner stays. */
function laidOut(points: Float32Array, { width, height }: Layout): Float32Array {
  const { left, top } = boxOf(pointAt(points, 0), pointAt(points, 1));
  return Float32Array.of(left, top, left + width, top + height);
}

/** Stored points in squares of the surface. */
export function placedPoints(item: Item, stored: Float32Array, yScale: number): Float32Array {
  const [sx, sy, tx, ty] = item.frame;
  const points = new Float32Array(stored.length);
  for (let index = 0; index + 1 < stored.length; index += 2) {
    points[index] = (stored[index] ?? 0) * sx + tx;
    points[index + 1] = ((stored[index + 1] ?? 0) * sy + ty) * yScale;
  }
  return points;
}

export function lineWidthOf(item: Item): number {
  const mean = Math.sqrt(Math.abs(item.frame[0] * item.frame[1]));
  return item.width * mean * (item.kind === "highlighter" ? HIGHLIGHT : 1);
}

export function pointAt(points: Float32Array, index: number): Point {
  return { x: points[2 * index] ?? 0, y: points[2 * index + 1] ?? 0 };
}

export function cornersOf(shape: Shape): Box {
  return boxOf(pointAt(shape.points, 0), pointAt(shape.points, 1));
}

/** Whether somebody who points there means this item; `reach` is how far beside it he may be. */
export function isHit(shape: Shape, at: Point, reach: number): boolean {
  if (!isInside(grownBy(shape.box, reach), at)) return false;
  const near = reach + shape.lineWidth / 2;
  switch (shape.item.kind) {
    case "pen":
    case "highlighter":
    case "line":
    case "arrow":
      return distanceToPath(shape.points, at) <= near;
    case "rectangle": {
      const box = cornersOf(shape);
      if (shape.item.filled) return isInside(grownBy(box, near), at);
      return isInside(grownBy(box, near), at) && !isInside(grownBy(box, -near), at);
    }
    case "ellipse":
      return isOnEllipse(cornersOf(shape), at, shape.item.filled, near);
    case "text":
    case "note":
    case "image":
      return isInside(grownBy(cornersOf(shape), reach), at);
  }
}

export function distanceToPath(points: Float32Array, at: Point): number {
  if (points.length < 4) return distance(pointAt(points, 0), at);
  let least = Infinity;
  for (let index = 1; index < points.length / 2; index++) {
    least = Math.min(
      least,
      distanceToSegment(pointAt(points, index - 1), pointAt(points, index), at),
    );
  }
  return least;
}

export function distanceToSegment(a: Point, b: Point, at: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = dx * dx + dy * dy;
  const along =
    length === 0 ? 0 : Math.min(1, Math.max(0, ((at.x - a.x) * dx + (at.y - a.y) * dy) / length));
  return Math.hypot(at.x - a.x - along * dx, at.y - a.y - along * dy);
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** How long the head of an arrow is. */
export function headLength(lineWidth: number): number {
  return Math.max(160, lineWidth * 4);
}

function paintedBox(item: Item, points: Float32Array, lineWidth: number): Box {
  if (points.length === 0) return { left: 0, top: 0, right: 0, bottom: 0 };
  let [left, top] = [Infinity, Infinity];
  let [right, bottom] = [-Infinity, -Infinity];
  for (let index = 0; index + 1 < points.length; index += 2) {
    const x = points[index] ?? 0;
    const y = points[index + 1] ?? 0;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const around =
    item.kind === "arrow" ? headLength(lineWidth) : item.kind === "note" ? 60 : lineWidth;
  return grownBy({ left, top, right, bottom }, around);
}

function isOnEllipse(box: Box, at: Point, filled: boolean, near: number): boolean {
  const centre = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  const radius = (grow: number): number => {
    const rx = Math.max(1, (box.right - box.left) / 2 + grow);
    const ry = Math.max(1, (box.bottom - box.top) / 2 + grow);
    return Math.hypot((at.x - centre.x) / rx, (at.y - centre.y) / ry);
  };
  return radius(near) <= 1 && (filled || radius(-near) >= 1);
}
