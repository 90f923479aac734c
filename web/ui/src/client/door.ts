import type { Waiting } from "./protocol";

/** What one waits for at the door, and since when. */
export interface DoorWait {
  readonly code: string;
  readonly message: string;
  /** From 1; null: far behind in the queue. */
  readonly position: number | null;
  /** How many a full room has; null: it is not for want of a place that one waits. */
  readonly places: number | null;
  /** On the clock of `performance.now()`. */
  readonly sinceMs: number;
}

/** The wait as it is told now; it began with the first telling. */
export function waitOf(waiting: Waiting, before: DoorWait | null, nowMs: number): DoorWait {
  const { code, message, position, places } = waiting;
  return { code, message, position, places, sinceMs: before?.sinceMs ?? nowMs };
}
