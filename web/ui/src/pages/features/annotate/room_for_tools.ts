/** Where the tools of drawing stand: beside the picture, and never on it. */

import type { Call } from "../../state/call";
import type { Area, Insets } from "../../state/layout";
import type { StageItem } from "../../state/stage_items";
import { drawnOver } from "./overlay_desk";

/** The bar with a gap. */
const BAR_PX = 64;
const NOTHING: Insets = { left: 0, bottom: 0 };

/** In a tile of the strip nobody draws: it is made large first. */
export function isLargeEnough({ width, height }: Area): boolean {
  return width > 340 && height > 180;
}

/** A phone held upright has its tools below; the style sheets ask the same. */
export function areToolsBelow(): boolean {
  return window.matchMedia("(max-width: 640px) and (orientation: portrait)").matches;
}

export function besidePicture(_: Call, { track }: StageItem, box: Area): Insets {
  if (track === undefined || drawnOver.value !== track.id || !isLargeEnough(box)) return NOTHING;
  return areToolsBelow() ? { left: 0, bottom: BAR_PX } : { left: BAR_PX, bottom: 0 };
}
