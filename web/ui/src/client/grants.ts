import { fieldsOf } from "./entry_bodies";
import type { Grants as GrantsInfo, Source } from "./protocol";

/** What a participant may do now. */
export interface Grants {
  readonly sources: readonly Source[];
  readonly canDraw: boolean;
  readonly canAsk: boolean;
  readonly canAnswer: boolean;
  readonly canPoll: boolean;
  readonly canGrantFloor: boolean;
  readonly canMoveParticipants: boolean;
}

export const NO_GRANTS: Grants = {
  sources: [],
  canDraw: false,
  canAsk: false,
  canAnswer: false,
  canPoll: false,
  canGrantFloor: false,
  canMoveParticipants: false,
};

export function grantsOf(info: GrantsInfo): Grants {
  return {
    sources: info.can_publish_sources,
    canDraw: info.can_draw,
    canAsk: info.can_ask,
    canAnswer: info.can_answer,
    canPoll: info.can_poll,
    canGrantFloor: info.can_grant_floor,
    canMoveParticipants: info.can_move_participants,
  };
}

/** The grants after a change; null for one takes the change back, to what the role may do. */
export function changedGrants(now: GrantsInfo, changes: unknown, usual: GrantsInfo): GrantsInfo {
  const known = Object.entries(fieldsOf(changes)).filter(([name]) => name in now);
  const values = known.map(([name, value]) => [
    name,
    value ?? usual[name as keyof GrantsInfo], // Is a key of `now`, as was asked above.
  ]);
  return { ...now, ...Object.fromEntries(values) };
}
