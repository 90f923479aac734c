import type { Room } from "../../client";

/** The session clock, as well as the page can know it; in a group it is the group's. */
export function sessionNowUs(room: Room): number {
  return room.nowUs;
}

/** Minutes and seconds: "2:05", "61:00". */
export function formatSpan(us: number): string {
  const seconds = Math.max(0, Math.floor(us / 1e6));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
