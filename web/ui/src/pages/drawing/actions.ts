/** What a hand does from touching the surface until it leaves it, by tool. */

import { newItem } from "../../client/plugins/drawing_item";
import type { Easel } from "./easel";
import { newDraftKey } from "./easel";
import { eraseAction, rubAction } from "./erasing";
import type { Tool } from "./kit";
import { isShape, NOTE_LETTERS } from "./kit";
import { InkAction } from "./ink_action";
import { selectAction } from "./selecting";
import { DraftSender } from "./draft_sender";
import { paintShape } from "./painter";
import { madeShape } from "./shape";
import type { Point } from "./space";

export interface Sample extends Point {
  readonly pressure: number;
  readonly isPen: boolean;
  readonly shift: boolean;
}

export interface Action {
  move(samples: readonly Sample[]): void;
  end(): void;
  cancel(): void;
}

export function beginAction(easel: Easel, tool: Tool, at: Sample): Action | null {
  if (tool === "laser") return laserAction(easel, at);
  if (!easel.port.mayDraw()) return null;
  if (tool === "pen" || tool === "highlighter") return new InkAction(easel, tool, at);
  if (isShape(tool)) return shapeAction(easel, tool, at);
  if (tool === "eraser") return eraseAction(easel, at);
  if (tool === "rubber") return rubAction(easel, at);
  if (tool === "select") return selectAction(easel, at);
  if (tool === "text" || tool === "note") return wordsAction(easel, tool, at);
  return null;
}

const NOTE_SIZE = { width: 3_000, height: 1_900 };

function wordsAction(easel: Easel, kind: "text" | "note", start: Sample): Action {
  let last: Point = start;
  return {
    move: (samples) => (last = samples.at(-1) ?? last),
    cancel: () => undefined,
    end: () => {
      const { kit, space } = easel;
      const height = kind === "note" ? NOTE_SIZE.height : kit.letters * 1.3;
      const width = kind === "note" ? NOTE_SIZE.width : 0;
      const x = Math.max(0, Math.min(last.x, space.width - Math.max(width, 400)));
      const y = Math.max(0, Math.min(last.y - (kind === "text" ? height / 2 : 0), space.height - height));
      easel.writing.value = {
        kind,
        at: { x, y },
        size: { width, height },
        number: null,
        text: "",
        letters: kind === "note" ? kit.letters * NOTE_LETTERS : kit.letters,
        ink: kit.inkNow,
      };
    },
  };
}

function shapeAction(easel: Easel, kind: (typeof shapeKinds)[number], start: Sample): Action {
  const draft = newDraftKey();
  const { kit, space } = easel;
  const filled = kit.filled.value && (kind === "rectangle" || kind === "ellipse");
  const sender = new DraftSender(easel, draft);
  let end: Point = start;
  const item = (): ReturnType<typeof newItem> =>
    newItem(kind, easel.stored([start.x, start.y, end.x, end.y]), {
      ink: kit.inkNow,
      width: kit.width,
      filled,
    });
  const points = (): Float32Array =>
    Float32Array.of(start.x, start.y / space.yScale, end.x, end.y / space.yScale);
  const finish = (): void => {
    sender.stop();
    easel.preview = null;
  };
  easel.preview = (context) =>
    paintShape(context, madeShape(item(), points(), space.yScale), () => null);
  return {
    move: (samples) => {
      const last = samples.at(-1);
      if (last === undefined) return;
      end = last.shift ? straightened(kind, start, last) : last;
      sender.send(() => ({ item: item(), start: 0 }));
      easel.repaint();
    },
    end: () => {
      finish();
      if (Math.hypot(end.x - start.x, end.y - start.y) < easel.reach(4)) sender.drop();
      else void easel.add(item(), draft, points());
      easel.repaint();
    },
    cancel: () => {
      finish();
      sender.drop();
      easel.repaint();
    },
  };
}

const shapeKinds = ["line", "arrow", "rectangle", "ellipse"] as const;

/** With Shift: lines in steps of 45°, squares and circles. */
export function straightened(kind: (typeof shapeKinds)[number], from: Point, to: Point): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (kind === "line" || kind === "arrow") {
    const angle = (Math.round(Math.atan2(dy, dx) / (Math.PI / 4)) * Math.PI) / 4;
    const length = Math.hypot(dx, dy);
    return { x: from.x + length * Math.cos(angle), y: from.y + length * Math.sin(angle) };
  }
  const side = Math.max(Math.abs(dx), Math.abs(dy));
  return { x: from.x + side * (dx < 0 ? -1 : 1), y: from.y + side * (dy < 0 ? -1 : 1) };
}

/** The laser's own trail is shown as everybody else's: from what is sent. */
function laserAction(easel: Easel, start: Sample): Action {
  const point = (at: Point): void => easel.pointTo(at, true);
  point(start);
  return {
    move: (samples) => {
      const last = samples.at(-1);
      if (last !== undefined) point(last);
    },
    end: () => easel.pointAway(),
    cancel: () => easel.pointAway(),
  };
}
