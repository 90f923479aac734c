/** How words are laid out on a surface: of a note nothing is ever hidden. Pure. */

import type { Measure } from "./measuring";
import type { Size } from "./space";

export const LINE_HEIGHT = 1.3;
const NOTE_PADDING = 160;
/** Of a small note's shorter side. */
const PADDING_SHARE = 0.1;
/** Letters shrink to this share of what was chosen, and to no less than can be read; then the note grows. */
const LEAST_SHARE = 0.7;
const LEAST_LETTERS = 140;
/** A note may be made so narrow that not even these fit beside each other in readable letters. */
const LEAST_PER_LINE = 6;
const SHRINK = 0.94;
const WIDEN = 1.5;

/** Words as they stand: letters of one size, in lines, in a box. */
export interface Layout extends Size {
  readonly letters: number;
  readonly lines: readonly string[];
  /** Between the edge and the words. */
  readonly padding: number;
}

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

/** A text is as large as its words, whatever letters they were given since. */
export function textLayout(text: string, letters: number, measure: Measure): Layout {
  const lines = text.split("\n");
  const width = Math.max(...lines.map((line) => measure(line))) * letters;
  return {
    letters,
    lines,
    padding: 0,
    width: Math.ceil(width) + 20,
    height: Math.ceil(lines.length * LINE_HEIGHT * letters),
  };
}

/**
 * A note's words as large as they fit into `size`, at most in letters of `wanted`.
 *
 * Where not even the smallest readable letters fit, the note is higher than `size`.
 */
export function noteLayout(text: string, size: Size, wanted: number, measure: Measure): Layout {
  const padding = paddingOf(size);
  const room = { width: size.width - 2 * padding, height: size.height - 2 * padding };
  const readable = Math.max(LEAST_LETTERS, wanted * LEAST_SHARE);
  const least = Math.min(wanted, readable, Math.max(1, room.width / LEAST_PER_LINE));
  for (let letters = wanted; ; letters = Math.max(least, letters * SHRINK)) {
    const lines = wrapped(text, Math.max(1, room.width / letters), measure);
    const needed = lines.length * LINE_HEIGHT * letters;
    if (needed <= room.height || letters <= least) {
      const height = Math.max(size.height, Math.ceil(needed + 2 * padding));
      return { letters, lines, padding, width: size.width, height };
    }
  }
}

/**
 * How large a new note is: as high as its words need in the letters that were chosen for them, and
 * wider where they would need more than the page's height.
 */
export function grownNote(
  text: string,
  { least, most, letters }: { least: Size; most: Size; letters: number },
  measure: Measure,
): Size {
  const padding = paddingOf(least);
  for (let { width } = least; ; width = Math.min(most.width, width * WIDEN)) {
    const lines = wrapped(text, Math.max(1, (width - 2 * padding) / letters), measure).length;
    const height = Math.max(least.height, Math.ceil(lines * LINE_HEIGHT * letters + 2 * padding));
    if (height <= most.height || width >= most.width) {
      return { width, height: Math.min(height, Math.max(least.height, most.height)) };
    }
  }
}

function paddingOf(size: Size): number {
  return Math.min(NOTE_PADDING, PADDING_SHARE * Math.min(size.width, size.height));
}
