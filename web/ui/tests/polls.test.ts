import { expect, test } from "vitest";

import type { PollsState } from "../src/client/plugins/polls";
import { isRight, openPoll, pollsFold } from "../src/client/plugins/polls";
import { entry } from "./builders";

const QUIZ = {
  number: 1,
  text: "Which?",
  kind: "single",
  choices: ["red", "green"],
  is_quiz: true,
  points: 5,
  shows: "closed",
  closes_at_us: 9_000,
};

function follow(state: PollsState, ...events: [string, unknown][]): PollsState {
  return events.reduce(
    (before, [event, body], index) =>
      pollsFold.apply(before, entry(20 + index, { kind: `polls.${event}`, body })),
    state,
  );
}

const NOTHING = pollsFold.load(undefined, 0);
const OPENED = follow(NOTHING, ["opened", { poll: QUIZ }]);
const RESULTS = { number: 1, voters: 2, counts: [0, 2], right: [1] };

test("a poll is opened, answered, closed, and its results are told", () => {
  expect(openPoll(OPENED)).toMatchObject({ text: "Which?", mayChange: true, closesAtUs: 9_000 });
  const voted = follow(OPENED, ["voted", { number: 1, choices: [1], text: "" }]);
  expect(voted.polls[0]).toMatchObject({ hasVoted: true, ownChoices: [1] });
  const closed = follow(voted, ["closed", { number: 1 }]);
  expect(openPoll(closed)).toBeUndefined();
  expect(closed.polls[0]?.results).toBeNull();
  const told = follow(closed, ["results", { results: RESULTS, is_shared: true }]);
  expect(told.polls[0]?.results?.counts).toEqual([0, 2]);
  expect(told.score).toBe(5);
  const [poll] = told.polls;
  expect(poll && isRight(poll)).toBe(true);
  const again = follow(told, ["results", { results: RESULTS, is_shared: true }]);
  expect(again.score, "points are given once").toBe(5);
});

test("who is wrong, or did not answer, gets nothing", () => {
  const results: [string, unknown] = ["results", { results: RESULTS, is_shared: true }];
  expect(follow(OPENED, results).score).toBe(0);
  const wrong = follow(OPENED, ["voted", { number: 1, choices: [0], text: "" }], results);
  expect(wrong.score).toBe(0);
  expect(wrong.polls.map(isRight)).toEqual([false]);
});

test("results for hosts give no points until all are told", () => {
  const voted = follow(OPENED, ["voted", { number: 1, choices: [1], text: "" }]);
  const hosts = follow(voted, ["results", { results: RESULTS, is_shared: false }]);
  expect(hosts.score).toBe(0);
  expect(follow(hosts, ["results", { results: RESULTS, is_shared: true }]).score).toBe(5);
});

test("a late joiner's view already counts what was told", () => {
  const view = {
    polls: [
      { info: QUIZ, status: "closed", results: RESULTS, is_shared: true, has_voted: true, choices: [1] },
    ],
    score: 5,
  };
  const state = pollsFold.load(view, 10);
  expect(state.polls.map(isRight)).toEqual([true]);
  expect(follow(state, ["results", { results: RESULTS, is_shared: true }]).score).toBe(5);
});

test("a host knows what is right from the draft on", () => {
  const host = follow(NOTHING, ["drafted", { poll: QUIZ, right: [1] }], ["opened", { poll: QUIZ }]);
  expect(host.polls).toHaveLength(1);
  expect(host.polls[0]).toMatchObject({ status: "open", right: [1] });
});

test("a summary tells of the open poll only", () => {
  const turnout = { number: 1, voters: 3, results: { number: 1, voters: 3, counts: [1, 2] } };
  const state = pollsFold.summarize?.(OPENED, turnout);
  expect(state?.polls[0]?.results?.counts).toEqual([1, 2]);
  expect(pollsFold.summarize?.(OPENED, { number: 1, voters: 3 }).polls[0]).toMatchObject({
    voters: 3,
    results: null,
  });
  const closed = follow(
    OPENED,
    ["closed", { number: 1 }],
    ["results", { results: RESULTS, is_shared: true }],
  );
  expect(pollsFold.summarize?.(closed, turnout)).toBe(closed);
  expect(pollsFold.summarize?.(closed, {})).toBe(closed);
});

test("a hidden text and a deleted poll are gone", () => {
  const results = { number: 1, voters: 1, texts: [{ ballot: 1, text: "rude" }] };
  const told = follow(OPENED, ["results", { results, is_shared: false }]);
  expect(told.polls[0]?.results?.texts).toEqual([{ ballot: 1, text: "rude", name: "" }]);
  const hidden = follow(told, ["text_hidden", { number: 1, ballot: 1 }]);
  expect(hidden.polls[0]?.results?.texts).toEqual([]);
  expect(follow(hidden, ["deleted", { number: 1 }]).polls).toEqual([]);
});

test("other kinds change nothing", () => {
  expect(pollsFold.apply(OPENED, entry(40, { kind: "chat.message" }))).toBe(OPENED);
});

test("groups bring back what was asked there", () => {
  const told = { text: "Price?", choices: ["9", "19"], voters: 1, counts: [0, 1] };
  const body = { group_id: "RM_tea", polls: [told, { text: "Why?", texts: ["cheap"] }] };
  const state = follow(NOTHING, ["group_results", body]);
  expect(state.groups[0]?.polls.map(({ counts, texts }) => [counts, texts])).toEqual([
    [[0, 1], []],
    [[], ["cheap"]],
  ]);
  expect(pollsFold.load({ polls: [], score: 0, groups: [body] }, 0).groups).toEqual(state.groups);
});
