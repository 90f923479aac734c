/** What was asked in groups of the room that are over, for those who run the room. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import { listOf, numbersOf } from "./body_lists";

export interface GroupPoll {
  readonly text: string;
  readonly choices: readonly string[];
  readonly voters: number;
  /** By choice. */
  readonly counts: readonly number[];
  /** The latest free texts, newest last. */
  readonly texts: readonly string[];
  readonly right: readonly number[];
}

export interface GroupPolls {
  readonly groupId: string;
  readonly polls: readonly GroupPoll[];
}

export function groupPollsOf(value: unknown): GroupPolls {
  const fields = fieldsOf(value);
  return {
    groupId: textOf(fields["group_id"]) ?? "",
    polls: listOf(fields["polls"]).map(groupPollOf),
  };
}

function groupPollOf(value: unknown): GroupPoll {
  const fields = fieldsOf(value);
  return {
    text: textOf(fields["text"]) ?? "",
    choices: listOf(fields["choices"]).map((choice) => textOf(choice) ?? ""),
    voters: numberOf(fields["voters"]),
    counts: numbersOf(fields["counts"]),
    texts: listOf(fields["texts"]).map((text) => textOf(text) ?? ""),
    right: numbersOf(fields["right"]),
  };
}
