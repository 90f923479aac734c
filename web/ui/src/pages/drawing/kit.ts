/** The tools that lie at hand, and with what one draws. */

import { signal } from "@preact/signals";

import type { ItemKind } from "../../client/plugins/drawing_item";

export type Tool = "select" | "hand" | "eraser" | "rubber" | "laser" | ItemKind;

export const PEN_WIDTHS = [22, 40, 80] as const;
export const LETTER_SIZES = [280, 420, 680] as const;
/** A note's letters, as a share of a text's. */
export const NOTE_LETTERS = 0.75;

export class Kit {
  readonly tool = signal<Tool>("pen");
  readonly ink = signal(0);
  readonly highlight = signal(6);
  /** 0, 1, 2: thin, middle, thick; for words small, middle, large. */
  readonly size = signal(1);
  readonly filled = signal(false);
  /** The shape and the eraser that were used last: their buttons stand for several. */
  readonly lastShape = signal<ItemKind>("rectangle");
  readonly lastEraser = signal<"eraser" | "rubber">("eraser");
  /** A pen was used: fingers and palms move the page only. */
  readonly hasPen = signal(false);

  constructor(ink: number) {
    this.ink.value = ink;
  }

  choose(tool: Tool): void {
    this.tool.value = tool;
    if (isShape(tool)) this.lastShape.value = tool;
    if (tool === "eraser" || tool === "rubber") this.lastEraser.value = tool;
  }

  get inkNow(): number {
    return this.tool.value === "highlighter" ? this.highlight.value : this.ink.value;
  }

  chooseInk(ink: number): void {
    if (this.tool.value === "highlighter") this.highlight.value = ink;
    else this.ink.value = ink;
  }

  get width(): number {
    return PEN_WIDTHS[this.size.value] ?? 40;
  }

  get letters(): number {
    return LETTER_SIZES[this.size.value] ?? 420;
  }
}

export const SHAPES = ["line", "arrow", "rectangle", "ellipse"] as const;

export function isShape(tool: Tool): tool is (typeof SHAPES)[number] {
  return (SHAPES as readonly Tool[]).includes(tool);
}
