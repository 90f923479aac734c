/** Two erasers: one takes away what it touches, the other rubs out where it passes over a stroke. */

import type { Item } from "../../client/plugins/drawing_item";
import { bodyOfItem, newItem } from "../../client/plugins/drawing_item";
import { itemsOf } from "../../client/plugins/drawing_surface";
import type { Action, Sample } from "./actions";
import type { Easel } from "./easel";
import { paintShape } from "./painter";
import type { InkPath } from "./path";
import { cut, simplified } from "./path";
import { isHit, madeShape, shapeOf } from "./shape";
import type { Point } from "./space";
import { boxOf, grownBy, overlap } from "./space";

const RUBBER_PIXELS = 12;
/** The server takes so many pieces at once. */
const MOST_PIECES = 60;

export function eraseAction(easel: Easel, start: Sample): Action {
  const touched = new Set<number>();
  let before: Point = start;
  const erase = (to: Point): void => {
    const reach = easel.reach(8);
    const count = touched.size;
    const sweep = grownBy(boxOf(before, to), reach);
    for (const placed of itemsOf(easel.surface)) {
      if (touched.has(placed.number) || !easel.port.mayEdit(placed)) continue;
      const shape = shapeOf(placed.item, easel.space);
      if (!overlap(shape.box, sweep)) continue;
      if (between(before, to, reach).some((at) => isHit(shape, at, reach))) touched.add(placed.number);
    }
    before = to;
    if (touched.size > count) easel.hide(touched);
  };
  erase(start);
  return {
    move: (samples) => samples.forEach(erase),
    cancel: () => easel.hide([]),
    end: () => void removeAll(easel, [...touched]),
  };
}

async function removeAll(easel: Easel, removed: readonly number[]): Promise<void> {
  if (removed.length > 0) await easel.change({ type: "edit", removed: removed.slice(0, 1_000) });
  easel.hide([]);
}

/** Points on the way, near enough to each other that nothing thin is jumped over. */
function between(from: Point, to: Point, step: number): Point[] {
  const parts = Math.min(64, Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / step)));
  return Array.from({ length: parts }, (_, index) => ({
    x: from.x + ((to.x - from.x) * (index + 1)) / parts,
    y: from.y + ((to.y - from.y) * (index + 1)) / parts,
  }));
}

interface Cut {
  readonly item: Item;
  readonly lineWidth: number;
  readonly pieces: readonly InkPath[];
}

export function rubAction(easel: Easel, start: Sample): Action {
  const cuts = new Map<number, Cut>();
  const radius = easel.reach(RUBBER_PIXELS);
  let at: Point = start;
  const rub = (to: Point): void => {
    const sweep = grownBy(boxOf(at, to), radius);
    let hasNew = false;
    for (const placed of itemsOf(easel.surface)) {
      const { item, number } = placed;
      if (item.kind !== "pen" && item.kind !== "highlighter") continue;
      const shape = shapeOf(item, easel.space);
      if (!overlap(shape.box, sweep) || !easel.port.mayEdit(placed)) continue;
      const known = cuts.get(number);
      const whole = { points: [...shape.points], pressures: [...item.pressures] };
      const near = radius + shape.lineWidth / 2;
      let isCut = false;
      const pieces = (known?.pieces ?? [whole]).flatMap((piece) => {
        const rest = cut(piece, at, to, near);
        if (rest !== null) isCut = true;
        return rest ?? [piece];
      });
      if (!isCut) continue;
      hasNew ||= known === undefined;
      cuts.set(number, { item, lineWidth: shape.lineWidth, pieces });
    }
    at = to;
    if (hasNew) easel.hide(cuts.keys());
    easel.repaint();
  };
  easel.preview = (context) => {
    for (const { item, pieces, lineWidth } of cuts.values()) {
      for (const piece of pieces) paintPiece(easel, context, item, piece, lineWidth);
    }
    context.beginPath();
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    context.strokeStyle = "#5a687f";
    context.lineWidth = easel.reach(1.5);
    context.stroke();
  };
  rub(start);
  return {
    move: (samples) => samples.forEach(rub),
    cancel: () => {
      easel.preview = null;
      easel.hide([]);
    },
    end: () => void replaceAll(easel, cuts),
  };
}

/** Each piece lies where it was: what was moved and resized is stored as it stands now. */
function pieceItem(easel: Easel, item: Item, piece: InkPath): Item {
  const path = simplified(piece, 4);
  const [sx, sy] = item.frame;
  return newItem(item.kind, easel.stored(path.points), {
    ink: item.ink,
    width: Math.max(1, item.width * Math.sqrt(Math.abs(sx * sy))),
    pressures: Uint8Array.from(path.pressures),
  });
}

function paintPiece(
  easel: Easel,
  context: CanvasRenderingContext2D,
  item: Item,
  piece: InkPath,
  lineWidth: number,
): void {
  const { yScale } = easel.space;
  const shown = newItem(item.kind, item.points, {
    ink: item.ink,
    width: item.kind === "highlighter" ? lineWidth / 5 : lineWidth,
    pressures: Uint8Array.from(piece.pressures),
  });
  const points = Float32Array.from(piece.points, (value, index) =>
    index % 2 === 0 ? value : value / yScale,
  );
  paintShape(context, madeShape(shown, points, yScale), () => null);
}

async function replaceAll(easel: Easel, cuts: ReadonlyMap<number, Cut>): Promise<void> {
  let removed: number[] = [];
  let added: unknown[] = [];
  for (const [number, { item, pieces }] of cuts) {
    const bodies = pieces.map((piece) => bodyOfItem(pieceItem(easel, item, piece)));
    if (added.length + bodies.length > MOST_PIECES && removed.length > 0) {
      await easel.change({ type: "edit", removed, added });
      [removed, added] = [[], []];
    }
    removed.push(number);
    added.push(...bodies.slice(0, MOST_PIECES));
  }
  if (removed.length > 0) await easel.change({ type: "edit", removed, added });
  easel.preview = null;
  easel.hide([]);
}
