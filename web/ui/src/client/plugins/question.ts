/** One question, as the server tells it. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import { listOf } from "./body_lists";

export const STATUSES = [
  "waiting",
  "open",
  "answering",
  "answered",
  "dismissed",
  "withdrawn",
  "merged",
] as const;
export type QuestionStatus = (typeof STATUSES)[number];

export interface Question {
  readonly number: number;
  readonly text: string;
  readonly atUs: number;
  readonly votes: number;
  readonly status: QuestionStatus;
  /** Empty: its author does not want to be named. */
  readonly name: string;
  readonly answer: string;
  /** On the session's clock; 0: it was not, or not aloud. */
  readonly answeringAtUs: number;
  readonly answeredAtUs: number;
  /** Told to hosts. */
  readonly assignee: string;
  readonly assigneeIdentity: string;
}

/** A question as the server tells it; what it leaves out is as most are. */
export function questionOf(value: unknown): Question {
  const fields = fieldsOf(value);
  return {
    number: numberOf(fields["number"]),
    text: textOf(fields["text"]) ?? "",
    atUs: numberOf(fields["at_us"]),
    votes: numberOf(fields["votes"]),
    status: statusOf(fields["status"]),
    name: textOf(fields["name"]) ?? "",
    answer: textOf(fields["answer"]) ?? "",
    answeringAtUs: numberOf(fields["answering_at_us"]),
    answeredAtUs: numberOf(fields["answered_at_us"]),
    assignee: textOf(fields["assignee"]) ?? "",
    assigneeIdentity: textOf(fields["assignee_identity"]) ?? "",
  };
}

/** One page of what a host looked for. */
export interface FoundPage {
  readonly query: number;
  readonly offset: number;
  readonly total: number;
  readonly questions: readonly Question[];
}

/** The body of the signal `found`. */
export function foundPageOf(body: unknown): FoundPage {
  const fields = fieldsOf(body);
  return {
    query: numberOf(fields["query"]),
    offset: numberOf(fields["offset"]),
    total: numberOf(fields["total"]),
    questions: listOf(fields["questions"]).map(questionOf),
  };
}

export function statusOf(value: unknown): QuestionStatus {
  return STATUSES.find((status) => status === value) ?? "open";
}
