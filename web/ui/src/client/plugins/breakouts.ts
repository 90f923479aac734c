import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";
import type { EntryInfo } from "../protocol";
import type { BreakoutsState, Fields } from "./breakouts_bodies";
import {
  announcementOf,
  assignmentOf,
  awayOf,
  byOf,
  callOf,
  endOf,
  groupOf,
  listOf,
  nameAndNumber,
  ownOf,
  phaseOf,
  summaryOf,
  voiceOf,
  withoutCall,
} from "./breakouts_bodies";

export type * from "./breakouts_bodies";

export const breakoutsFold: PluginFold<BreakoutsState> = {
  name: "breakouts",
  load: (view) => stateOf(fieldsOf(view)),
  apply: (state, entry) => CHANGES[entry.kind]?.(state, fieldsOf(entry.body), entry) ?? state,
};

type Change = (state: BreakoutsState, body: Fields, entry: EntryInfo) => BreakoutsState;

const CHANGES: Readonly<Record<string, Change>> = {
  "room.participant_moved": (state, body) => ({
    ...state,
    away: [
      ...state.away.filter((person) => person.participantId !== body["participant_id"]),
      ...(body["group_id"] == null ? [] : [awayOf(body)]),
    ],
  }),
  "breakouts.planned": (state, body) => ({
    ...state,
    phase: "planned",
    groups: listOf(body["groups"]).map(groupOf),
    by: byOf(body["by"]),
    mayReturn: body["may_return"] === true,
    late: body["late"] === "main" ? "main" : "fewest",
    assignment: assignmentOf(body["assignment"]),
    help: [],
    lost: [],
  }),
  "breakouts.cancelled": (state) => ({ ...state, phase: "none", groups: [], assignment: {} }),
  "breakouts.assigned": (state, body) => ({
    ...state,
    assignment: assigned(state.assignment, listOf(body["identities"]), body["number"]),
  }),
  "breakouts.renamed": (state, body) => {
    const { number, name } = nameAndNumber(body);
    const own = state.own?.number === number ? { ...state.own, name } : state.own;
    const groups = state.groups.map((one) => (one.number === number ? { ...one, name } : one));
    return { ...state, own, groups };
  },
  "breakouts.opened": (state, body, entry) => ({
    ...state,
    phase: "open",
    groups: listOf(body["groups"]).map(groupOf),
    by: byOf(body["by"]),
    mayReturn: body["may_return"] === true,
    endsAtUs: endOf(body, entry),
    isClosing: false,
  }),
  "breakouts.timer_set": (state, body, entry) => ({
    ...state,
    endsAtUs: endOf(body, entry),
    isClosing: body["is_closing"] === true,
  }),
  "breakouts.voice": (state, body) => ({ ...state, voice: voiceOf(body) }),
  "breakouts.help_asked": (state, body, entry) =>
    state.own !== null
      ? { ...state, own: { ...state.own, helpAskedBy: textOf(body["name"]) ?? "" } }
      : { ...state, help: [...withoutCall(state, body), callOf(body, entry)] },
  "breakouts.help_ended": (state, body) =>
    state.own !== null
      ? { ...state, own: { ...state.own, helpAskedBy: null } }
      : { ...state, help: withoutCall(state, body) },
  "breakouts.closed": (state) => ({
    ...state,
    phase: "none",
    groups: [],
    assignment: {},
    endsAtUs: null,
    isClosing: false,
    help: [],
    lost: [],
    voice: null,
  }),
  "breakouts.summary": (state, body) => ({
    ...state,
    summaries: [...state.summaries, summaryOf(body)].slice(-50),
  }),
  "breakouts.group_lost": (state, body, entry) => {
    const { number, name } = nameAndNumber(body);
    const groups = withRoom(state.groups, number, null);
    if (state.own !== null) return { ...state, groups };
    return {
      ...state,
      groups,
      help: withoutCall(state, body),
      lost: [...state.lost.filter((one) => one.number !== number), { number, name, atUs: entry.at_us }],
    };
  },
  "breakouts.reopened": (state, body) => {
    const { number, groupId } = groupOf(body);
    return {
      ...state,
      groups: withRoom(state.groups, number, groupId),
      lost: state.lost.filter((one) => one.number !== number),
    };
  },
  "breakouts.announced": (state, body, entry) =>
    state.own === null
      ? state
      : { ...state, own: { ...state.own, announcement: announcementOf(body, entry.at_us) } },
  "breakouts.begun": (state, body, entry) => ({
    ...state,
    groups: listOf(body["groups"]).map(groupOf),
    mayReturn: body["may_return"] === true,
    endsAtUs: endOf(body, entry),
    isClosing: body["is_closing"] === true,
    own: ownOf(body),
  }),
  "breakouts.ended": (state) =>
    state.own === null
      ? state
      : { ...state, voice: null, own: { ...state.own, hasEnded: true } },
};

function stateOf(view: Fields): BreakoutsState {
  const isGroup = view["place"] === "group";
  return {
    phase: isGroup ? "open" : phaseOf(view["phase"]),
    groups: listOf(view["groups"]).map(groupOf),
    by: byOf(view["by"]),
    mayReturn: view["may_return"] === true,
    late: view["late"] === "main" ? "main" : "fewest",
    assignment: assignmentOf(view["assignment"]),
    endsAtUs: typeof view["ends_at_us"] === "number" ? view["ends_at_us"] : null,
    isClosing: view["is_closing"] === true,
    away: listOf(view["away"]).map((person) => awayOf(fieldsOf(person))),
    help: listOf(view["help"]).map((call) => {
      const fields = fieldsOf(call);
      return { ...nameAndNumber(fields), sinceUs: numberOf(fields["since_us"]) };
    }),
    summaries: listOf(view["summaries"]).map((summary) => summaryOf(fieldsOf(summary))),
    lost: listOf(view["lost"]).map((group) => {
      const fields = fieldsOf(group);
      return { ...nameAndNumber(fields), atUs: numberOf(fields["at_us"]) };
    }),
    voice: voiceOf(view["voice"]),
    own: isGroup ? ownOf(view) : null,
  };
}

function withRoom(
  groups: BreakoutsState["groups"],
  number: number,
  groupId: string | null,
): BreakoutsState["groups"] {
  return groups.map((one) => (one.number === number ? { ...one, groupId } : one));
}

function assigned(
  before: BreakoutsState["assignment"],
  identities: readonly unknown[],
  number: unknown,
): BreakoutsState["assignment"] {
  const kept = Object.entries(before).filter(([identity]) => !identities.includes(identity));
  const added = typeof number === "number" ? identities.map((one) => [textOf(one), number]) : [];
  return Object.fromEntries([...kept, ...added]) as Record<string, number>;
}
