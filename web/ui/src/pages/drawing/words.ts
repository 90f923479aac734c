/** How words are laid out on a surface. */

import type { Item } from "../../client/plugins/drawing_item";
import type { Shape } from "./shape";
import { cornersOf } from "./shape";
import type { Size } from "./space";

export const LINE_HEIGHT = 1.3;
export const NOTE_PADDING = 160;
export const WORDS_FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Noto Sans CJK SC", sans-serif';

/** Gives the width of a text in letters of one unit. */
export type Measure = (text: string) => number;

/** Breaks a text at its own line ends, at spaces, and within what has none: Chinese, long words. */
export function wrapped(text: string, most: number, measure: Measure): string[] {
  return text.split("\n").flatMap((line) => (measure(line) <= most ? [line] : broken(line, most, measure)));
}

function broken(line: string, most: number, measure: Measure): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.match(/\p{Script=Han}|[^\s\p{Script=Han}]+\s*|\s+/gu) ?? []) {
    if (current !== "" && measure((current + word).trimEnd()) > most) {
      lines.push(current.trimEnd());
      current = "";
    }
    current += word;
    while (measure(current.trimEnd()) > most && current.length > 1) {
      let fitting = current.length - 1;
      while (fitting > 1 && measure(current.slice(0, fitting)) > most) fitting -= 1;
      lines.push(current.slice(0, fitting));
      current = current.slice(fitting);
    }
  }
  return current === "" && lines.length > 0 ? lines : [...lines, current.trimEnd()];
}

/** The size of letters of a shape, as it was resized. */
export function fontSizeOf(shape: Shape): number {
  return shape.lineWidth;
}

/** How large the box of a new text is, in units. */
export function sizeOfWords(item: Item, measure: Measure): Size {
  const lines = item.text.split("\n");
  const width = Math.max(...lines.map((line) => measure(line))) * item.width;
  return { width: Math.ceil(width) + 20, height: Math.ceil(lines.length * LINE_HEIGHT * item.width) };
}

/** A note is as high as its words need. */
export function grownNote(item: Item, least: Size, measure: Measure): Size {
  const room = (least.width - 2 * NOTE_PADDING) / item.width;
  const lines = wrapped(item.text, Math.max(1, room), measure).length;
  const needed = Math.ceil(lines * LINE_HEIGHT * item.width) + 2 * NOTE_PADDING;
  return { width: least.width, height: Math.max(least.height, needed) };
}

export function linesOf(shape: Shape, measure: Measure): string[] {
  const { item } = shape;
  if (item.kind === "text") return item.text.split("\n");
  const box = cornersOf(shape);
  const room = (box.right - box.left - 2 * NOTE_PADDING) / fontSizeOf(shape);
  return wrapped(item.text, Math.max(1, room), measure);
}
