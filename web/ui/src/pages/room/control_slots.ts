/** Which controls stand in the bar, and which in the sheet of further ones. Pure. */

export interface ControlSlot {
  readonly key: string;
  /** Low ones stay in the bar when there is little room. */
  readonly rank: number;
  /** How many buttons it has; 0 while it shows none. */
  readonly count: number;
}

/** A phone's thumb finds six; more of them would be too small. */
const MOST_ON_PHONE = 6;
/** Beyond this a bar is a wall of signs, however wide the screen is. */
const MOST_IN_ROW = 12;
const PHONE_PX = 640;
const BUTTON_PX = 78;
const ROW_PX = 51;

/** How many buttons of a finger's size the bar has room for. */
export function controlCapacity(bar: { width: number; height: number; isColumn: boolean }): number {
  if (bar.isColumn) return Math.max(3, Math.floor((bar.height - 12) / ROW_PX));
  if (bar.width <= PHONE_PX) return MOST_ON_PHONE;
  return Math.min(MOST_IN_ROW, Math.floor((bar.width - 80) / BUTTON_PX));
}

/**
 * Splits the slots; both parts keep the order of `slots`. `capacity` counts the buttons "leave" and,
 * if anything is in the sheet, "more" as well.
 */
export function splitControls(
  slots: readonly ControlSlot[],
  capacity: number,
): { bar: string[]; more: string[] } {
  const total = slots.reduce((sum, slot) => sum + slot.count, 0);
  if (total + 1 <= capacity) return { bar: slots.map((slot) => slot.key), more: [] };
  let left = capacity - 2;
  const chosen = new Set<string>();
  for (const slot of [...slots].sort((a, b) => a.rank - b.rank)) {
    if (slot.count > left) continue;
    left -= slot.count;
    chosen.add(slot.key);
  }
  return {
    bar: slots.filter((slot) => chosen.has(slot.key)).map((slot) => slot.key),
    more: slots.filter((slot) => !chosen.has(slot.key)).map((slot) => slot.key),
  };
}
