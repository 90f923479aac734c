/** Keys while a surface has the focus. */

import { itemsOf } from "../../client/plugins/drawing_surface";
import type { Easel } from "./easel";
import type { Tool } from "./kit";
import { nudge } from "./selecting";

export const TOOL_KEYS: Readonly<Record<string, Tool>> = {
  v: "select",
  h: "hand",
  p: "pen",
  m: "highlighter",
  l: "line",
  a: "arrow",
  r: "rectangle",
  o: "ellipse",
  t: "text",
  n: "note",
  e: "eraser",
  x: "rubber",
  k: "laser",
};

const STEP = 100;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function handleKey(easel: Easel, event: KeyboardEvent): void {
  // Words are being written: their keys are theirs.
  if (event.target instanceof HTMLTextAreaElement || event.altKey) return;
  const isHandled =
    event.ctrlKey || event.metaKey ? handleCommand(easel, event) : handlePlain(easel, event);
  if (!isHandled) return;
  event.preventDefault();
  event.stopPropagation();
}

function handleCommand(easel: Easel, event: KeyboardEvent): boolean {
  switch (event.key.toLowerCase()) {
    case "z":
      void easel.change({ type: event.shiftKey ? "redo" : "undo" });
      return true;
    case "y":
      void easel.change({ type: "redo" });
      return true;
    case "a":
      easel.kit.choose("select");
      easel.select(
        [...itemsOf(easel.surface)]
          .filter((placed) => easel.port.mayEdit(placed))
          .map((placed) => placed.number),
      );
      return true;
    default:
      return false;
  }
}

function handlePlain(easel: Easel, event: KeyboardEvent): boolean {
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) return moveBy(easel, arrow, event.shiftKey ? 5 : 1);
  switch (event.key) {
    case "Delete":
    case "Backspace":
      void easel.removeSelected();
      return true;
    case "Escape":
      if (easel.selection.value.size === 0) return false;
      easel.select([]);
      return true;
    case "+":
    case "=":
      easel.zoom(1.25);
      return true;
    case "-":
      easel.zoom(0.8);
      return true;
    case "0":
      easel.fit();
      return true;
    default: {
      const tool = TOOL_KEYS[event.key.toLowerCase()];
      if (tool === undefined) return false;
      easel.kit.choose(tool);
      return true;
    }
  }
}

/** Moves what is selected; without that, the page. */
function moveBy(easel: Easel, [dx, dy]: readonly [number, number], times: number): boolean {
  if (easel.selection.value.size > 0) void nudge(easel, dx * STEP * times, dy * STEP * times);
  else if (easel.isZoomed) easel.pan(-dx * 60 * times, -dy * 60 * times);
  else return false;
  return true;
}
