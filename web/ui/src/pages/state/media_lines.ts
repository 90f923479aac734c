import type { RoomOptions, TokenClaims } from "../../client";

const VIDEO_SLOTS: Readonly<Record<string, number>> = { guidance: 2, class: 12, briefing: 4 };
const OTHERWISE = 12;

/** What the offer needs to know before the join, which is when the server would say. */
export function mediaLinesOf(
  claims: TokenClaims,
  query: string,
): Pick<RoomOptions, "videoSlots" | "sending"> {
  return { videoSlots: videoSlotsOf(claims), sending: sendingOf(query) };
}

/** How many pictures a room of this template shows at once. */
function videoSlotsOf(claims: TokenClaims): number {
  if (claims.template !== null) return VIDEO_SLOTS[claims.template] ?? OTHERWISE;
  const named = Object.keys(VIDEO_SLOTS).find((template) => claims.room.startsWith(template));
  return named === undefined ? OTHERWISE : (VIDEO_SLOTS[named] ?? OTHERWISE);
}

/** Whoever makes the link chooses how pictures are sent: `?camera=svc`, `?codec=av1`. */
function sendingOf(query: string): RoomOptions["sending"] {
  const asked = new URLSearchParams(query);
  return {
    camera: asked.get("camera") === "svc" ? "svc" : "simulcast",
    codec: asked.get("codec") === "av1" ? "av1" : "vp8",
  };
}
