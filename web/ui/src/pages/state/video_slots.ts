import type { TokenClaims } from "../../client";

const BY_TEMPLATE: Readonly<Record<string, number>> = { guidance: 2, class: 12, briefing: 4 };
const OTHERWISE = 12;

/** How many pictures a room of this template shows at once; the offer needs to know before the join. */
export function videoSlotsOf(claims: TokenClaims): number {
  if (claims.template !== null) return BY_TEMPLATE[claims.template] ?? OTHERWISE;
  const named = Object.keys(BY_TEMPLATE).find((template) => claims.room.startsWith(template));
  return named === undefined ? OTHERWISE : (BY_TEMPLATE[named] ?? OTHERWISE);
}
