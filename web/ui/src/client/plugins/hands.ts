/** The floor as one participant sees it: the queue by summaries, what is its own by entries. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";
import type { EntryInfo, ParticipantId } from "../protocol";

export const RIGHTS = ["voice", "camera", "screen", "drawing"] as const;
export type Right = (typeof RIGHTS)[number];

export interface RaisedHand {
  readonly participantId: ParticipantId;
  readonly name: string;
  readonly seq: number;
  readonly atUs: number;
  /** Told to hosts, and of one's own hand. */
  readonly reason: string;
  /** Its page has left, and may come back. */
  readonly isAway: boolean;
  /** It is in a group of the room, and keeps its place. */
  readonly isInGroup: boolean;
}

export interface FloorHolder {
  readonly participantId: ParticipantId;
  readonly name: string;
  readonly rights: readonly Right[];
  readonly atUs: number;
  readonly isAway: boolean;
  readonly isInGroup: boolean;
}

export interface HandQueue {
  readonly total: number;
  /** The first of the queue, in its order; how many differs with who looks. */
  readonly first: readonly RaisedHand[];
  /** The `seq` of more of them, for one's own position. */
  readonly before: readonly number[];
  readonly floors: readonly FloorHolder[];
  readonly allSilenced: boolean;
  /** Who may not unmute, one by one; told to hosts. */
  readonly silenced: readonly ParticipantId[];
}

export interface HandsState {
  readonly queue: HandQueue;
  readonly hand: RaisedHand | null;
  /** What one may do on the stage; null: one is not called up. */
  readonly floor: readonly Right[] | null;
  /** Why one's last floor ended; null: none has, since the page was opened. */
  readonly floorEnded: FloorEnd | null;
  readonly mayUnmute: boolean;
}

/** By oneself, by a host, because one was silent for long, or was away for long. */
export type FloorEnd = "self" | "host" | "spoke" | "away";

const FLOOR_ENDS: ReadonlySet<unknown> = new Set<FloorEnd>(["self", "host", "spoke", "away"]);

const NO_QUEUE: HandQueue = {
  total: 0,
  first: [],
  before: [],
  floors: [],
  allSilenced: false,
  silenced: [],
};

export const handsFold: PluginFold<HandsState> = {
  name: "hands",
  load(view) {
    const fields = fieldsOf(view);
    return {
      queue: queueOf(fields["queue"]),
      hand: handOf(fields["hand"]),
      floor: Array.isArray(fields["floor"]) ? rightsOf(fields["floor"]) : null,
      floorEnded: null,
      mayUnmute: fields["may_unmute"] !== false,
    };
  },
  apply,
  summarize: (state, body) => ({ ...state, queue: queueOf(body) }),
};

/** One's place in the queue, from 1; null: no hand is up, or it is behind all that are told of. */
export function positionOf(state: HandsState): number | null {
  const { hand, queue } = state;
  if (hand === null) return null;
  const known = queue.before.length > 0 ? queue.before : queue.first.map(({ seq }) => seq);
  const ahead = known.filter((seq) => seq < hand.seq).length;
  // One's own entry may come before the summary that counts it.
  return ahead < known.length || known.length >= queue.total ? ahead + 1 : null;
}

/** Entries of this plugin come to whom they are about; a few come to all. */
function apply(state: HandsState, entry: EntryInfo): HandsState {
  const fields = fieldsOf(entry.body);
  switch (entry.kind) {
    case "hands.raised":
      return { ...state, hand: handOf({ ...fields, seq: entry.seq, at_us: entry.at_us }) };
    case "hands.reasoned": {
      const reason = textOf(fields["reason"]) ?? "";
      return { ...state, hand: state.hand && { ...state.hand, reason } };
    }
    case "hands.lowered":
    case "hands.all_lowered":
      return { ...state, hand: null };
    case "hands.floor_given": {
      const floor = rightsOf(fields["rights"]);
      const mayUnmute = state.mayUnmute || floor.includes("voice");
      return { ...state, hand: null, floor, mayUnmute };
    }
    case "hands.floor_taken": {
      const mayUnmute = state.mayUnmute && !state.queue.allSilenced;
      const why = fields["why"];
      const floorEnded = FLOOR_ENDS.has(why) ? (why as FloorEnd) : "host";
      return { ...state, floor: null, floorEnded, mayUnmute };
    }
    case "hands.silenced":
      return { ...state, mayUnmute: fields["may_unmute"] === true };
    case "hands.all_silenced":
      return silenceAll(state, fields["may_unmute"] !== true);
    default:
      return state;
  }
}

function silenceAll(state: HandsState, allSilenced: boolean): HandsState {
  const isExempt = state.floor?.includes("voice") === true;
  return {
    ...state,
    queue: { ...state.queue, allSilenced },
    mayUnmute: !allSilenced || isExempt,
  };
}

function queueOf(body: unknown): HandQueue {
  const fields = fieldsOf(body);
  if (typeof fields["total"] !== "number") return NO_QUEUE;
  return {
    total: fields["total"],
    first: listOf(fields["first"], handOf),
    before: listOf(fields["before"], (seq) => (typeof seq === "number" ? seq : null)),
    floors: listOf(fields["floors"], floorOf),
    allSilenced: fields["all_silenced"] === true,
    silenced: listOf(fields["silenced"], textOf),
  };
}

function handOf(body: unknown): RaisedHand | null {
  const fields = fieldsOf(body);
  const participantId = textOf(fields["participant_id"]);
  if (participantId === null) return null;
  return {
    participantId,
    name: textOf(fields["name"]) ?? "",
    seq: numberOf(fields["seq"]),
    atUs: numberOf(fields["at_us"]),
    reason: textOf(fields["reason"]) ?? "",
    isAway: fields["away"] === true,
    isInGroup: fields["in_group"] === true,
  };
}

function floorOf(body: unknown): FloorHolder | null {
  const fields = fieldsOf(body);
  const participantId = textOf(fields["participant_id"]);
  if (participantId === null) return null;
  return {
    participantId,
    name: textOf(fields["name"]) ?? "",
    rights: rightsOf(fields["rights"]),
    atUs: numberOf(fields["at_us"]),
    isAway: fields["away"] === true,
    isInGroup: fields["in_group"] === true,
  };
}

function rightsOf(value: unknown): readonly Right[] {
  return listOf(value, (name) => RIGHTS.find((right) => right === name) ?? null);
}

function listOf<T>(value: unknown, read: (item: unknown) => T | null): readonly T[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.map(read).filter((item): item is Awaited<T> & T => item !== null);
}
