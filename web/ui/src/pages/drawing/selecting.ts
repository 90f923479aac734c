/** Selecting by a touch or a frame, then moving and resizing what is selected. */

import type { Frame } from "../../client/plugins/drawing_item";
import { itemsOf } from "../../client/plugins/drawing_surface";
import type { Action, Sample } from "./actions";
import type { Easel } from "./easel";
import type { Context } from "./painter";
import { paintShape } from "./painter";
import { distance, shapeOf } from "./shape";
import type { Box, Point } from "./space";
import { boxOf, grownBy, isInside } from "./space";

const SELECTION = "#2450c0";
const HANDLE_PIXELS = 5;
const GRIP_PIXELS = 16;

export function selectAction(easel: Easel, start: Sample): Action {
  const box = easel.selectionBox();
  const corner = box === null ? null : gripped(easel, box, start);
  if (box !== null && corner !== null) return resizeAction(easel, box, corner);
  if (box !== null && isInside(grownBy(box, easel.reach(4)), start) && !start.shift) {
    return moveAction(easel, start);
  }
  const hit = easel.hitAt(start, easel.reach(8));
  if (hit !== null) {
    easel.select(start.shift ? [...easel.selection.value, hit.number] : [hit.number]);
    return moveAction(easel, start);
  }
  return frameAction(easel, start);
}

export function paintSelection(easel: Easel, context: Context): void {
  const box = easel.selectionBox();
  if (box === null || easel.preview !== null) return;
  outline(easel, context, box);
  context.fillStyle = "#ffffff";
  context.setLineDash([]);
  for (const corner of cornersOfBox(box)) {
    const size = easel.reach(HANDLE_PIXELS);
    context.fillRect(corner.x - size, corner.y - size, 2 * size, 2 * size);
    context.strokeRect(corner.x - size, corner.y - size, 2 * size, 2 * size);
  }
}

/** Moves a selection by a step; for the keyboard. */
export async function nudge(easel: Easel, dx: number, dy: number): Promise<void> {
  await transform(easel, [1, 1, dx, dy]);
}

function moveAction(easel: Easel, start: Point): Action {
  let frame: Frame = [1, 1, 0, 0];
  return transformAction(easel, () => frame, (to) => {
    frame = [1, 1, to.x - start.x, to.y - start.y];
  });
}

function resizeAction(easel: Easel, box: Box, corner: number): Action {
  const corners = cornersOfBox(box);
  const grip = corners[corner] ?? { x: box.right, y: box.bottom };
  const fixed = corners[(corner + 2) % 4] ?? { x: box.left, y: box.top };
  let frame: Frame = [1, 1, 0, 0];
  return transformAction(easel, () => frame, (to) => {
    const scale = Math.min(20, Math.max(0.05, distance(to, fixed) / Math.max(1, distance(grip, fixed))));
    frame = [scale, scale, fixed.x * (1 - scale), fixed.y * (1 - scale)];
  });
}

function transformAction(easel: Easel, frame: () => Frame, follow: (to: Point) => void): Action {
  const moved = easel.selectedItems();
  let hasMoved = false;
  const preview = (context: Context): void => {
    const [sx, sy, tx, ty] = frame();
    context.save();
    context.transform(sx, 0, 0, sy, tx, ty);
    for (const placed of moved) {
      paintShape(context, shapeOf(placed.item, easel.space), () => null);
    }
    context.restore();
  };
  const settle = (): void => {
    easel.preview = null;
    easel.hide([]);
    easel.repaint();
  };
  return {
    move: (samples) => {
      const last = samples.at(-1);
      if (last === undefined) return;
      follow(last);
      if (!hasMoved) {
        hasMoved = true;
        easel.preview = preview;
        easel.hide(moved.map((placed) => placed.number));
      }
      easel.repaint();
    },
    cancel: settle,
    end: () => {
      if (hasMoved) void transform(easel, frame()).then(settle);
    },
  };
}

async function transform(easel: Easel, [sx, sy, tx, ty]: Frame): Promise<void> {
  const numbers = [...easel.selection.value];
  if (numbers.length === 0) return;
  const frame = [sx, sy, tx, ty / easel.space.yScale];
  await easel.change({ type: "transform", numbers: numbers.slice(0, 1_000), frame });
}

function frameAction(easel: Easel, start: Sample): Action {
  let end: Point = start;
  const before = start.shift ? [...easel.selection.value] : [];
  easel.select(before);
  easel.preview = (context) => outline(easel, context, boxOf(start, end));
  const settle = (): void => {
    easel.preview = null;
    easel.repaint();
  };
  return {
    move: (samples) => {
      end = samples.at(-1) ?? end;
      easel.repaint();
    },
    cancel: settle,
    end: () => {
      settle();
      const frame = boxOf(start, end);
      const inside = [...itemsOf(easel.surface)].filter((placed) => {
        const { box } = shapeOf(placed.item, easel.space);
        const centre = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
        return isInside(frame, centre) && easel.port.mayEdit(placed);
      });
      easel.select([...before, ...inside.map((placed) => placed.number)]);
    },
  };
}

function gripped(easel: Easel, box: Box, at: Point): number | null {
  const reach = easel.reach(GRIP_PIXELS);
  const index = cornersOfBox(box).findIndex((corner) => distance(corner, at) <= reach);
  return index < 0 ? null : index;
}

function cornersOfBox(box: Box): Point[] {
  return [
    { x: box.left, y: box.top },
    { x: box.right, y: box.top },
    { x: box.right, y: box.bottom },
    { x: box.left, y: box.bottom },
  ];
}

function outline(easel: Easel, context: Context, box: Box): void {
  context.strokeStyle = SELECTION;
  context.lineWidth = easel.reach(1.5);
  context.setLineDash([easel.reach(5), easel.reach(4)]);
  context.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.setLineDash([]);
}
