/** What breakouts are made of, and how it is read from views and entries. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { EntryInfo } from "../protocol";

export type Fields = ReturnType<typeof fieldsOf>;

export type By = "hand" | "even" | "random" | "choice";
export type Phase = "none" | "planned" | "open";

export interface Group {
  readonly number: number;
  readonly name: string;
  /** Null: not open. */
  readonly groupId: string | null;
}

/** Somebody who is in a group now. */
export interface AwayPerson {
  readonly participantId: string;
  readonly identity: string;
  readonly name: string;
  readonly role: string;
  readonly groupId: string;
}

export interface HelpCall {
  readonly number: number;
  readonly name: string;
  readonly sinceUs: number;
}

/** Somebody who was in a group; a host only visited it. */
export interface Stay {
  readonly name: string;
  readonly stayedUs: number;
  readonly isHost: boolean;
}

/** What a group has brought back. */
export interface Summary {
  readonly name: string;
  readonly groupId: string;
  readonly stays: readonly Stay[];
  readonly lastedUs: number;
  readonly messagesTotal: number;
  /** It broke down, and this is what was found of it. */
  readonly isLost: boolean;
  /** Not even that could be found. */
  readonly isReadable: boolean;
}

/** A group that broke down, and is not open again. */
export interface LostGroup {
  readonly number: number;
  readonly name: string;
  readonly atUs: number;
}

export interface Announcement {
  readonly text: string;
  readonly authorName: string;
  readonly atUs: number;
}

/** The group that one is in. */
export interface OwnGroup {
  readonly number: number;
  readonly name: string;
  readonly hasEnded: boolean;
  readonly helpAskedBy: string | null;
  readonly announcement: Announcement | null;
}

/** Breakouts as one sees them, in the main room (`own` null) or from inside a group. */
export interface BreakoutsState {
  readonly phase: Phase;
  readonly groups: readonly Group[];
  readonly by: By;
  readonly mayReturn: boolean;
  readonly late: "fewest" | "main";
  /** By identity; whoever runs the room knows all of it. */
  readonly assignment: Readonly<Record<string, number>>;
  /** On the clock of the room's session. */
  readonly endsAtUs: number | null;
  readonly isClosing: boolean;
  readonly away: readonly AwayPerson[];
  readonly help: readonly HelpCall[];
  readonly summaries: readonly Summary[];
  /** Of this plan. */
  readonly lost: readonly LostGroup[];
  /** Who is heard in all groups now. */
  readonly voice: { readonly participantId: string; readonly name: string } | null;
  readonly own: OwnGroup | null;
}

export function ownOf(fields: Fields): OwnGroup {
  const announcement = fieldsOf(fields["announcement"]);
  return {
    ...nameAndNumber(fields),
    hasEnded: fields["has_ended"] === true,
    helpAskedBy: textOf(fields["help_asked_by"]) ?? null,
    announcement:
      fields["announcement"] == null
        ? null
        : announcementOf(announcement, numberOf(announcement["at_us"])),
  };
}

export function summaryOf(fields: Fields): Summary {
  return {
    name: textOf(fields["name"]) ?? "",
    groupId: textOf(fields["group_id"]) ?? "",
    stays: listOf(fields["stays"]).map((stay) => {
      const { name, stayed_us: stayedUs, is_host: isHost } = fieldsOf(stay);
      return { name: textOf(name) ?? "", stayedUs: numberOf(stayedUs), isHost: isHost === true };
    }),
    lastedUs: numberOf(fields["lasted_us"]),
    messagesTotal: numberOf(fields["messages_total"]),
    isLost: fields["is_lost"] === true,
    isReadable: fields["is_readable"] !== false,
  };
}

export function announcementOf(fields: Fields, atUs: number): Announcement {
  const authorName = textOf(fields["author_name"]) ?? "";
  return { text: textOf(fields["text"]) ?? "", authorName, atUs };
}

export function voiceOf(value: unknown): BreakoutsState["voice"] {
  const fields = fieldsOf(value);
  const participantId = textOf(fields["participant_id"]);
  return participantId === null ? null : { participantId, name: textOf(fields["name"]) ?? "" };
}

export function awayOf(fields: Fields): AwayPerson {
  return {
    participantId: textOf(fields["participant_id"]) ?? "",
    identity: textOf(fields["identity"]) ?? "",
    name: textOf(fields["name"]) ?? "",
    role: textOf(fields["role"]) ?? "",
    groupId: textOf(fields["group_id"]) ?? "",
  };
}

export function groupOf(value: unknown): Group {
  const fields = fieldsOf(value);
  return { ...nameAndNumber(fields), groupId: textOf(fields["group_id"]) ?? null };
}

export function callOf(fields: Fields, entry: EntryInfo): HelpCall {
  return { ...nameAndNumber(fields), sinceUs: entry.at_us };
}

export function withoutCall(state: BreakoutsState, fields: Fields): HelpCall[] {
  return state.help.filter((call) => call.number !== numberOf(fields["number"]));
}

export function nameAndNumber(fields: Fields): { name: string; number: number } {
  return { name: textOf(fields["name"]) ?? "", number: numberOf(fields["number"]) };
}

/** Each room has its own clock, so entries say how long it takes from them on. */
export function endOf(fields: Fields, entry: EntryInfo): number | null {
  const leftUs = fields["left_us"];
  return typeof leftUs === "number" ? entry.at_us + leftUs : null;
}

export function assignmentOf(value: unknown): Readonly<Record<string, number>> {
  const pairs = Object.entries(fieldsOf(value));
  return Object.fromEntries(pairs.map(([identity, number]) => [identity, numberOf(number)]));
}

export function byOf(value: unknown): By {
  return value === "hand" || value === "random" || value === "choice" ? value : "even";
}

export function phaseOf(value: unknown): Phase {
  return value === "planned" || value === "open" ? value : "none";
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
