/** Selecting by a touch or a frame, then moving and resizing what is selected. */

import type { Frame } from "../../client/plugins/drawing_item";
import { itemsOf } from "../../client/plugins/drawing_surface";
import type { Action, Sample } from "./actions";
import { DraftSender } from "./draft_sender";
import type { Easel, Preview } from "./easel";
import { newDraftKey } from "./easel";
import { paintFramed } from "./framing";
import { MOST_LIVE } from "./moves";
import type { Context } from "./painter";
import { distance, shapeOf } from "./shape";
import type { Box, Point } from "./space";
import { boxOf, grownBy, isInside } from "./space";

const SELECTION = "#2450c0";
const HANDLE_PIXELS = 5;
const GRIP_PIXELS = 16;
/** As many as the server takes of one selection. */
const MOST_SELECTED = 1_000;

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
  const numbers = moved.map((placed) => placed.number);
  const sender = new DraftSender(easel, newDraftKey());
  let hasMoved = false;
  const preview: Preview = (context, pictures) =>
    paintFramed(context, moved, storedFrame(easel, frame()), { space: easel.space, pictures });
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
        easel.hide(numbers);
      }
      const tellsOthers = numbers.length <= MOST_LIVE;
      if (tellsOthers) sender.send(() => ({ numbers, frame: storedFrame(easel, frame()) }));
      easel.repaint();
    },
    cancel: () => {
      sender.drop();
      settle();
    },
    end: () => {
      sender.stop();
      if (!hasMoved) return;
      void transform(easel, frame()).then((isDone) => {
        if (!isDone) sender.drop();
        settle();
      });
    },
  };
}

async function transform(easel: Easel, frame: Frame): Promise<boolean> {
  const numbers = [...easel.selection.value].slice(0, MOST_SELECTED);
  if (numbers.length === 0) return false;
  return easel.change({ type: "transform", numbers, frame: storedFrame(easel, frame) });
}

function storedFrame({ space }: Easel, [sx, sy, tx, ty]: Frame): Frame {
  return [sx, sy, tx, ty / space.yScale];
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
