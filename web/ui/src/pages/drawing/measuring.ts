/** How wide words are in this browser's letters. */

export const WORDS_FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Noto Sans CJK SC", sans-serif';

/** Gives the width of a text in letters of one unit. */
export type Measure = (text: string) => number;

const MEAN_WIDTH = 0.6;
const MEASURED_PX = 100;
let measuring: CanvasRenderingContext2D | null = null;

export const measureWords: Measure = (text) => {
  // Shapes are made without a page, too: then a mean letter does.
  if (typeof document === "undefined") return text.length * MEAN_WIDTH;
  measuring ??= document.createElement("canvas").getContext("2d");
  if (measuring === null) return text.length * MEAN_WIDTH;
  measuring.font = `${MEASURED_PX}px ${WORDS_FONT}`;
  return measuring.measureText(text).width / MEASURED_PX;
};
