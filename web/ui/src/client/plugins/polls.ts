/** Polls as one participant sees them: the latest, one's own answers, and results as they are told. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";
import type { EntryInfo } from "../protocol";
import { listOf, numbersOf } from "./body_lists";
import type { GroupPolls } from "./poll_groups";
import { groupPollsOf } from "./poll_groups";

export const POLL_KINDS = ["single", "multiple", "text"] as const;
export type PollKind = (typeof POLL_KINDS)[number];
export const SHOWS = ["live", "closed", "hosts"] as const;
export type Shows = (typeof SHOWS)[number];

export interface TextAnswer {
  readonly ballot: number;
  readonly text: string;
  readonly name: string;
}

export interface Leader {
  readonly name: string;
  readonly points: number;
}

export interface PollResults {
  readonly voters: number;
  /** By choice. */
  readonly counts: readonly number[];
  /** The latest, newest last. */
  readonly texts: readonly TextAnswer[];
  /** What was right, once a quiz is over. */
  readonly right: readonly number[];
  readonly leaders: readonly Leader[];
}

export interface Poll {
  readonly number: number;
  readonly text: string;
  readonly kind: PollKind;
  readonly choices: readonly string[];
  readonly isQuiz: boolean;
  readonly points: number;
  readonly shows: Shows;
  readonly isNamed: boolean;
  readonly mayChange: boolean;
  readonly seconds: number | null;
  readonly round: number;
  /** On the session's clock; 0: when a host closes it. */
  readonly closesAtUs: number;
  readonly status: "draft" | "open" | "closed";
  readonly voters: number;
  readonly results: PollResults | null;
  /** The final results were told to everybody. */
  readonly isShared: boolean;
  /** For hosts, from the beginning. */
  readonly right: readonly number[];
  readonly hasVoted: boolean;
  readonly ownChoices: readonly number[];
  readonly ownText: string;
}

export interface PollsState {
  /** Oldest first. */
  readonly polls: readonly Poll[];
  /** One's points of all quizzes. */
  readonly score: number;
  /** What groups have brought back, for those who run the room. */
  readonly groups: readonly GroupPolls[];
}

const KEPT_POLLS = 60;

export const pollsFold: PluginFold<PollsState> = {
  name: "polls",
  load(view) {
    const fields = fieldsOf(view);
    return {
      polls: listOf(fields["polls"]).map(viewedPoll),
      score: numberOf(fields["score"]),
      groups: listOf(fields["groups"]).map(groupPollsOf),
    };
  },
  apply,
  summarize,
};

export function openPoll(state: PollsState): Poll | undefined {
  return state.polls.find(({ status }) => status === "open");
}

/** What a quiz's final results say of one's own answer; null: nothing. */
export function isRight(poll: Poll): boolean | null {
  const right = poll.results?.right ?? [];
  if (!poll.isQuiz || right.length === 0 || !poll.hasVoted) return null;
  return right.length === poll.ownChoices.length && right.every((n) => poll.ownChoices.includes(n));
}

function apply(state: PollsState, entry: EntryInfo): PollsState {
  const body = fieldsOf(entry.body);
  const number = numberOf(body["number"]);
  switch (entry.kind) {
    case "polls.drafted":
      return withPoll(state, {
        ...newPoll(body["poll"]),
        right: numbersOf(body["right"]),
      });
    case "polls.opened": {
      const opened = newPoll(body["poll"]);
      const { right = [] } = state.polls.find((poll) => poll.number === opened.number) ?? {};
      return withPoll(state, { ...opened, right, status: "open" });
    }
    case "polls.voted":
      return changed(state, number, {
        hasVoted: true,
        ownChoices: numbersOf(body["choices"]),
        ownText: textOf(body["text"]) ?? "",
      });
    case "polls.closed":
      return changed(state, number, { status: "closed" });
    case "polls.results":
      return tell(state, resultsOf(body["results"]), body);
    case "polls.text_hidden":
      return hideText(state, number, numberOf(body["ballot"]));
    case "polls.group_results":
      return { ...state, groups: [...state.groups, groupPollsOf(body)].slice(-50) };
    case "polls.deleted":
      return { ...state, polls: state.polls.filter((poll) => poll.number !== number) };
    default:
      return state;
  }
}

function tell(
  state: PollsState,
  results: PollResults,
  body: Readonly<Record<string, unknown>>,
): PollsState {
  const number = numberOf(fieldsOf(body["results"])["number"]);
  const before = state.polls.find((poll) => poll.number === number);
  if (before === undefined) return state;
  const isShared = before.isShared || body["is_shared"] === true;
  const told = { ...before, results, voters: results.voters, isShared };
  const isWon = isShared && !before.isShared && isRight(told) === true;
  return { ...withPoll(state, told), score: state.score + (isWon ? before.points : 0) };
}

function summarize(state: PollsState, body: unknown): PollsState {
  const fields = fieldsOf(body);
  const number = numberOf(fields["number"]);
  const poll = state.polls.find((known) => known.number === number);
  // Who was away may get the last summary of a poll whose final results it knows already.
  if (poll?.status !== "open") return state;
  const results = fields["results"] == null ? null : resultsOf(fields["results"]);
  return changed(state, number, { voters: numberOf(fields["voters"]), results });
}

function hideText(state: PollsState, number: number, ballot: number): PollsState {
  const results = state.polls.find((poll) => poll.number === number)?.results;
  if (results == null) return state;
  const texts = results.texts.filter((text) => text.ballot !== ballot);
  return changed(state, number, { results: { ...results, texts } });
}

function changed(state: PollsState, number: number, changes: Partial<Poll>): PollsState {
  const poll = state.polls.find((known) => known.number === number);
  return poll === undefined ? state : withPoll(state, { ...poll, ...changes });
}

function withPoll(state: PollsState, poll: Poll): PollsState {
  const isKnown = state.polls.some(({ number }) => number === poll.number);
  const polls = isKnown
    ? state.polls.map((known) => (known.number === poll.number ? poll : known))
    : [...state.polls, poll].slice(-KEPT_POLLS);
  return { ...state, polls };
}

function viewedPoll(value: unknown): Poll {
  const fields = fieldsOf(value);
  const status = fields["status"];
  return {
    ...newPoll(fields["info"]),
    status: status === "open" || status === "closed" ? status : "draft",
    voters: numberOf(fields["voters"]),
    results: fields["results"] == null ? null : resultsOf(fields["results"]),
    isShared: fields["is_shared"] === true,
    right: numbersOf(fields["right"]),
    hasVoted: fields["has_voted"] === true,
    ownChoices: numbersOf(fields["choices"]),
    ownText: textOf(fields["answer"]) ?? "",
  };
}

/** A poll that nobody has answered yet. What the server leaves out is as most are. */
function newPoll(value: unknown): Poll {
  const fields = fieldsOf(value);
  const points = numberOf(fields["points"]);
  return {
    number: numberOf(fields["number"]),
    text: textOf(fields["text"]) ?? "",
    kind: POLL_KINDS.find((kind) => kind === fields["kind"]) ?? "single",
    choices: listOf(fields["choices"]).map((choice) => textOf(choice) ?? ""),
    isQuiz: fields["is_quiz"] === true,
    points: points === 0 ? 1 : points,
    shows: SHOWS.find((shows) => shows === fields["shows"]) ?? "live",
    isNamed: fields["named"] === true,
    mayChange: fields["may_change"] !== false,
    seconds: typeof fields["seconds"] === "number" ? fields["seconds"] : null,
    round: Math.max(1, numberOf(fields["round"])),
    closesAtUs: numberOf(fields["closes_at_us"]),
    status: "draft",
    voters: 0,
    results: null,
    isShared: false,
    right: [],
    hasVoted: false,
    ownChoices: [],
    ownText: "",
  };
}

function resultsOf(value: unknown): PollResults {
  const fields = fieldsOf(value);
  return {
    voters: numberOf(fields["voters"]),
    counts: numbersOf(fields["counts"]),
    texts: listOf(fields["texts"]).map((text) => {
      const { ballot, text: said, name } = fieldsOf(text);
      return { ballot: numberOf(ballot), text: textOf(said) ?? "", name: textOf(name) ?? "" };
    }),
    right: numbersOf(fields["right"]),
    leaders: listOf(fields["leaders"]).map((leader) => {
      const { name, points } = fieldsOf(leader);
      return { name: textOf(name) ?? "", points: numberOf(points) };
    }),
  };
}
