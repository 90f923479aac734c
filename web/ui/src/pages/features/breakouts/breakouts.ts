import type { PluginBody, PluginState } from "../../../client";
import type { AwayPerson, BreakoutsState, Group } from "../../../client/plugins/breakouts";
import { breakoutsFold } from "../../../client/plugins/breakouts";
import type { Call } from "../../state/call";
import { formatSpan } from "../../state/session_clock";

/** Somebody of the house, in the main room or in a group. */
export interface Person {
  readonly identity: string;
  readonly name: string;
  /** Where they are; null: in the main room, or gone. */
  readonly groupId: string | null;
  readonly isHere: boolean;
}

export function breakoutsOf(call: Call): PluginState<BreakoutsState> {
  return call.room.plugin(breakoutsFold);
}

/** Send a request, and say so if it is refused. */
export function askBreakouts(call: Call, body: PluginBody): Promise<void> {
  return call.attempt(breakoutsOf(call).request(body));
}

/** Hosts and assistants: they visit groups. */
export function runsRoom(call: Call): boolean {
  const role = call.room.self?.role;
  return role === "host" || role === "assistant";
}

/** Whoever may plan, open and close. */
export function leadsGroups(call: Call): boolean {
  return runsRoom(call) && call.room.grants.canMoveParticipants;
}

/** Whoever can be in a group: all merchants that one knows of, in the order of their names. */
export function merchantsOf(call: Call): Person[] {
  const { away } = breakoutsOf(call).state;
  const people = new Map<string, Person>();
  for (const one of call.room.roster.participants) {
    if (one.role === "merchant") {
      people.set(one.identity, { ...pick(one), groupId: null, isHere: true });
    }
  }
  for (const one of away) {
    if (one.role === "merchant") {
      people.set(one.identity, { ...pick(one), groupId: one.groupId, isHere: true });
    }
  }
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The people of one group, or (null) of none: as assigned, with those who have left meanwhile. */
export function peopleOf(call: Call, number: number | null): Person[] {
  const { assignment } = breakoutsOf(call).state;
  const merchants = merchantsOf(call);
  const here = merchants.filter((one) => (assignment[one.identity] ?? null) === number);
  if (number === null) return here;
  const known = new Set(merchants.map((one) => one.identity));
  const gone = Object.entries(assignment)
    .filter(([identity, its]) => its === number && !known.has(identity))
    .map(([identity]) => ({ identity, name: identity, groupId: null, isHere: false }));
  return [...here, ...gone];
}

/** Hosts that are in a group now. */
export function visitorsOf(state: BreakoutsState, group: Group): AwayPerson[] {
  return state.away.filter((one) => one.groupId === group.groupId && one.role !== "merchant");
}

/** The group that one is assigned to. */
export function ownGroupOf(call: Call): Group | null {
  const { assignment, groups } = breakoutsOf(call).state;
  const number = assignment[call.room.self?.identity ?? ""];
  return groups.find((group) => group.number === number) ?? null;
}

/** How long it takes until the groups close; null: nobody has said. */
export function timeLeft(call: Call): string | null {
  const { endsAtUs } = breakoutsOf(call).state;
  if (endsAtUs === null) return null;
  // The last second counts until it is over.
  return formatSpan(Math.max(0, endsAtUs - call.room.nowUs) + 999_000);
}

function pick({ identity, name }: { identity: string; name: string }): {
  identity: string;
  name: string;
} {
  return { identity, name };
}
