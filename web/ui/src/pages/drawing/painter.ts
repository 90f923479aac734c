/** Paints items and papers on a 2D canvas whose units are those of the surface. */

import type { Item } from "../../client/plugins/drawing_item";
import type { Paper } from "../../client/plugins/whiteboard";
import { WORDS_FONT } from "./measuring";
import { inkOf, NOTE_INK, noteOf } from "./palette";
import type { Shape } from "./shape";
import { cornersOf, headLength, pointAt } from "./shape";
import type { Point, Space } from "./space";
import { addStroke } from "./stroke_steps";
import { LINE_HEIGHT } from "./words";

export type Context = CanvasRenderingContext2D;
/** The picture of a file; null while it is on its way. */
export type Pictures = (fileId: string) => CanvasImageSource | null;

const paths = new WeakMap<Shape, Path2D>();

/** `bold`: times as thick as it is, where a page is shown in small. */
export function paintShape(
  context: Context,
  shape: Shape,
  pictures: Pictures,
  bold = 1,
): void {
  const { item } = shape;
  const lineWidth = shape.lineWidth * bold;
  context.strokeStyle = context.fillStyle = inkOf(item.ink);
  context.lineWidth = lineWidth;
  context.lineCap = context.lineJoin = "round";
  switch (item.kind) {
    case "pen":
    case "highlighter":
      return paintStroke(context, item, lineWidth, pathOf(shape));
    case "text":
      return paintWords(context, shape);
    case "note":
      return paintNote(context, shape);
    case "image":
      return paintPicture(context, shape, pictures(item.fileId));
    default:
      if (item.filled) {
        context.save();
        context.globalAlpha = 0.18;
        context.fill(pathOf(shape));
        context.restore();
      }
      context.stroke(pathOf(shape));
  }
}

/** Paints a stroke whose path is known. */
export function paintStroke(context: Context, item: Item, lineWidth: number, path: Path2D): void {
  context.strokeStyle = context.fillStyle = inkOf(item.ink);
  context.lineWidth = lineWidth;
  context.lineCap = context.lineJoin = "round";
  if (item.kind === "pen") {
    if (item.pressures.length > 0) context.fill(path);
    else context.stroke(path);
    return;
  }
  context.save();
  context.globalAlpha = 0.4;
  context.globalCompositeOperation = "multiply";
  context.stroke(path);
  context.restore();
}

export function paintPaper(context: Context, paper: Paper, space: Space): void {
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, space.width, space.height);
  if (paper === "blank") return;
  const step = 500;
  context.strokeStyle = context.fillStyle = paper === "dots" ? "#a9b7c6" : "#d7e0e9";
  context.lineWidth = 10;
  context.beginPath();
  for (let y = step; y < space.height; y += step) {
    if (paper === "dots") {
      for (let x = step; x < space.width; x += step) context.rect(x - 14, y - 14, 28, 28);
    } else {
      context.moveTo(0, y);
      context.lineTo(space.width, y);
    }
  }
  if (paper === "grid") {
    for (let x = step; x < space.width; x += step) {
      context.moveTo(x, 0);
      context.lineTo(x, space.height);
    }
  }
  if (paper === "dots") context.fill();
  else context.stroke();
}

function pathOf(shape: Shape): Path2D {
  const known = paths.get(shape);
  if (known !== undefined) return known;
  const path = new Path2D();
  drawPath(path, shape);
  paths.set(shape, path);
  return path;
}

function drawPath(path: Path2D, shape: Shape): void {
  const box = cornersOf(shape);
  switch (shape.item.kind) {
    case "rectangle":
      return path.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    case "ellipse": {
      const [rx, ry] = [(box.right - box.left) / 2, (box.bottom - box.top) / 2];
      return path.ellipse(box.left + rx, box.top + ry, rx, ry, 0, 0, 2 * Math.PI);
    }
    case "line":
    case "arrow":
      return drawLine(path, shape);
    default:
      if (shape.item.pressures.length > 0) {
        addPressed(path, shape.points, shape.lineWidth, shape.item.pressures, 0);
      } else addStroke(path, shape.points);
  }
}

/** A chain of round pieces, as thick as the pen was pressed; from one point on. */
export function addPressed(
  path: Path2D,
  points: Float32Array,
  lineWidth: number,
  pressures: Uint8Array,
  from: number,
): void {
  const radius = (index: number): number =>
    (lineWidth / 2) * (0.3 + (1.4 * (pressures[index] ?? 128)) / 255);
  for (let index = from; index < points.length / 2; index++) {
    const b = pointAt(points, index);
    const rb = radius(index);
    path.moveTo(b.x + rb, b.y);
    path.arc(b.x, b.y, rb, 0, 2 * Math.PI);
    if (index === 0) continue;
    const a = pointAt(points, index - 1);
    const ra = radius(index - 1);
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [nx, ny] = [-(b.y - a.y) / length, (b.x - a.x) / length];
    // The same way round as the circles, so that nothing is cut out where they overlap.
    path.moveTo(a.x - nx * ra, a.y - ny * ra);
    path.lineTo(b.x - nx * rb, b.y - ny * rb);
    path.lineTo(b.x + nx * rb, b.y + ny * rb);
    path.lineTo(a.x + nx * ra, a.y + ny * ra);
    path.closePath();
  }
}

function drawLine(path: Path2D, shape: Shape): void {
  const from = pointAt(shape.points, 0);
  const to = pointAt(shape.points, 1);
  path.moveTo(from.x, from.y);
  path.lineTo(to.x, to.y);
  if (shape.item.kind !== "arrow") return;
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const head = headLength(shape.lineWidth);
  const wing = (turn: number): Point => ({
    x: to.x - head * Math.cos(angle + turn),
    y: to.y - head * Math.sin(angle + turn),
  });
  const [left, right] = [wing(0.5), wing(-0.5)];
  path.moveTo(left.x, left.y);
  path.lineTo(to.x, to.y);
  path.lineTo(right.x, right.y);
}

function paintNote(context: Context, shape: Shape): void {
  const box = cornersOf(shape);
  context.save();
  context.shadowColor = "rgb(22 35 61 / 28%)";
  context.shadowBlur = 10;
  context.shadowOffsetY = 3;
  context.fillStyle = noteOf(shape.item.ink);
  context.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.restore();
  context.fillStyle = NOTE_INK;
  paintWords(context, shape);
}

function paintWords(context: Context, { words, points }: Shape): void {
  if (words === null) return;
  const { letters, padding } = words;
  const { x, y } = pointAt(points, 0);
  context.font = `${letters}px ${WORDS_FONT}`;
  context.textBaseline = "middle";
  words.lines.forEach((line, index) => {
    context.fillText(line, x + padding, y + padding + (index + 0.5) * LINE_HEIGHT * letters);
  });
}

function paintPicture(context: Context, shape: Shape, picture: CanvasImageSource | null): void {
  const { left, top, right, bottom } = cornersOf(shape);
  if (picture !== null) {
    context.drawImage(picture, left, top, right - left, bottom - top);
    return;
  }
  context.fillStyle = "#e6ecf1";
  context.fillRect(left, top, right - left, bottom - top);
}
