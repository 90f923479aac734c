/** On a phone each corner of a shared screen is read: name and buttons stand in a bar below it. */

import type { Area } from "../state/layout";
import type { StageItem } from "../state/stage_items";

const BAR_PX = 60; // A touch target of 44 px, and a gap on both sides.
/** Narrower, it is one of the strip, where nobody reads it. */
const SMALLEST_PX = 300;

/** The height of the bar below what is shown in a box; 0: there is none. */
export function screenBarPx(item: StageItem | null, { width }: Area): number {
  if (item?.source !== "screen_share" || width < SMALLEST_PX) return 0;
  return window.matchMedia("(max-width: 640px), (max-height: 500px)").matches ? BAR_PX : 0;
}
