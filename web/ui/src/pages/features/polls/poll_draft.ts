import { signal } from "@preact/signals";

import type { PollKind, Shows } from "../../../client/plugins/polls";

export const MOST_CHOICES = 12;
export const MAX_POLL_CHARACTERS = 300;
export const MAX_CHOICE_CHARACTERS = 120;
/** In seconds; null: until a host closes it. */
export const TIMERS = [null, 30, 60, 120, 300, 600] as const;

export interface PollDraft {
  readonly text: string;
  readonly kind: PollKind;
  readonly choices: readonly string[];
  readonly isQuiz: boolean;
  readonly right: readonly number[];
  readonly shows: Shows;
  readonly isNamed: boolean;
  readonly mayChange: boolean;
  readonly seconds: number | null;
}

export const EMPTY_DRAFT: PollDraft = {
  text: "",
  kind: "single",
  choices: ["", ""],
  isQuiz: false,
  right: [],
  shows: "live",
  isNamed: false,
  mayChange: true,
  seconds: null,
};

/** What is being made; it outlives the panel. */
export const draft = signal<PollDraft>(EMPTY_DRAFT);

export function change(changes: Partial<PollDraft>): void {
  draft.value = { ...draft.value, ...changes };
}

export function setKind(kind: PollKind): void {
  const { right, isQuiz } = draft.value;
  change({
    kind,
    isQuiz: isQuiz && kind !== "text",
    right: kind === "single" ? right.slice(0, 1) : right,
  });
}

/** A quiz keeps its results until the end: live bars would tell what most think is right. */
export function setQuiz(isQuiz: boolean): void {
  change({ isQuiz, right: [], shows: isQuiz ? "closed" : draft.value.shows });
}

export function setChoice(index: number, text: string): void {
  change({ choices: draft.value.choices.map((old, at) => (at === index ? text : old)) });
}

export function removeChoice(index: number): void {
  const { choices, right } = draft.value;
  change({
    choices: choices.filter((_, at) => at !== index),
    right: right.filter((at) => at !== index).map((at) => (at > index ? at - 1 : at)),
  });
}

export function toggleRight(index: number): void {
  const { kind, right } = draft.value;
  if (kind === "single") change({ right: [index] });
  else if (right.includes(index)) change({ right: right.filter((at) => at !== index) });
  else change({ right: [...right, index] });
}

/** Whether the server would take it; empty choices are left out. */
export function isComplete(poll: PollDraft): boolean {
  const { choices, right } = asked(poll);
  if (poll.text.trim() === "") return false;
  if (poll.kind === "text") return true;
  const isVaried = new Set(choices).size === choices.length;
  return choices.length >= 2 && isVaried && (!poll.isQuiz || right.length > 0);
}

/** The request's fields. */
export function toRequest(poll: PollDraft, opens: boolean): { type: string; [field: string]: unknown } {
  const { text, kind, shows, isNamed, mayChange, seconds } = poll;
  return {
    type: "create",
    text,
    kind,
    ...asked(poll),
    shows,
    named: isNamed,
    may_change: mayChange,
    seconds,
    opens,
  };
}

function asked(poll: PollDraft): { choices: readonly string[]; right: readonly number[] } {
  if (poll.kind === "text") return { choices: [], right: [] };
  const kept = poll.choices.map((text, index) => ({ text: text.trim(), index }));
  const filled = kept.filter(({ text }) => text !== "");
  const right = poll.isQuiz ? poll.right : [];
  return {
    choices: filled.map(({ text }) => text),
    right: filled.flatMap(({ index }, at) => (right.includes(index) ? [at] : [])),
  };
}
