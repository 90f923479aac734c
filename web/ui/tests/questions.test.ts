import { expect, test } from "vitest";

import { foundPageOf } from "../src/client/plugins/question";
import type { QuestionsState } from "../src/client/plugins/questions";
import { listed, questionsFold } from "../src/client/plugins/questions";
import { entry } from "./builders";

const ONE = { number: 1, text: "Refunds?", at_us: 5, votes: 3, name: "Li" };
const TWO = { number: 2, text: "Shipping?", at_us: 6, votes: 1 };
const VIEW = {
  settings: { moderated: true, anonymous: true },
  counts: { votes: [[1, 3]], open: 2, answered: 1, waiting: 4 },
  questions: [ONE, TWO, { ...ONE, number: 3, status: "answered", answer: "Yes" }],
  board: [1, 2],
  desk: [],
  answered: [3],
  mine: [2],
  votes: [1],
  answering: 0,
};

function follow(state: QuestionsState, ...events: [string, unknown][]): QuestionsState {
  return events.reduce(
    (before, [event, body], index) =>
      questionsFold.apply(before, entry(20 + index, { kind: `questions.${event}`, body })),
    state,
  );
}

function loaded(): QuestionsState {
  return questionsFold.load(VIEW, 10);
}

test("a view is read", () => {
  const state = loaded();
  expect(state.isModerated).toBe(true);
  expect([state.openTotal, state.answeredTotal, state.waitingTotal]).toEqual([2, 1, 4]);
  expect(state.known.get(1)).toMatchObject({ text: "Refunds?", votes: 3, status: "open" });
  expect(state.known.get(2)?.name).toBe("");
});

test.each([undefined, {}, { questions: 3, board: [null], votes: "x" }])("%j is nothing", (view) => {
  const state = questionsFold.load(view, 0);
  expect(listed(state, state.board, "votes")).toEqual([]);
  expect(state.answering).toBe(0);
});

test("the board says what is listed; only what is new comes whole", () => {
  const three = { number: 4, text: "Hours?", at_us: 9, votes: 9 };
  const state = follow(loaded(), ["board", { shown: [1, 4], entered: [three] }]);
  expect(listed(state, state.board, "votes").map(({ number }) => number)).toEqual([4, 1]);
  expect(listed(state, state.board, "time").map(({ number }) => number)).toEqual([4, 1]);
  expect(state.known.has(2), "it is one's own").toBe(true);
});

test("what no list names is forgotten", () => {
  const state = follow(loaded(), ["board", { shown: [2], entered: [] }]);
  expect([...state.known.keys()].sort()).toEqual([2, 3]);
});

test("summaries bring the votes of what is listed", () => {
  const body = { votes: [[1, 10], [99, 4]], open: 7, answered: 2 };
  const state = questionsFold.summarize?.(loaded(), body);
  expect(state?.known.get(1)?.votes).toBe(10);
  expect(state?.known.has(99)).toBe(false);
  expect([state?.openTotal, state?.waitingTotal]).toEqual([7, 0]);
});

test("one's own vote counts at once and once", () => {
  const body = { number: 2, identity: "me" };
  const voted = follow(loaded(), ["voted", body], ["voted", body]);
  expect([voted.votes.has(2), voted.known.get(2)?.votes]).toEqual([true, 2]);
  const back = follow(voted, ["vote_taken_back", body], ["vote_taken_back", body]);
  expect([back.votes.has(2), back.known.get(2)?.votes]).toEqual([false, 1]);
});

test("one's own question is known before the board lists it", () => {
  const asked = { number: 5, identity: "me", name: "Me", text: "Mine?", status: "waiting" };
  const state = follow(loaded(), ["asked", asked]);
  expect(state.mine).toEqual([2, 5]);
  expect(state.known.get(5)).toMatchObject({ status: "waiting", votes: 1 });
  expect(follow(state, ["published", { number: 5 }]).known.get(5)?.status).toBe("open");
  expect(follow(state, ["withdrawn", { number: 5 }]).known.get(5)?.status).toBe("withdrawn");
});

test("votes go with a question that goes into another", () => {
  const merged = follow(loaded(), ["merged", { number: 1, into: 2 }]);
  expect([...merged.votes], "it is one's own question: it has one's vote").toEqual([]);
  const other = follow(loaded(), ["merged", { number: 2, into: 1 }]);
  expect([...other.votes]).toEqual([1]);
  expect(listed(other, other.board, "votes").map(({ number }) => number)).toEqual([1]);
  const asker = follow(
    { ...loaded(), votes: new Set<number>() },
    ["merged", { number: 2, into: 1 }],
  );
  expect([...asker.votes], "who has asked votes for the other now").toEqual([1]);
});

test("answering is told to all, also of what nobody had listed", () => {
  const question = { ...ONE, number: 8, status: "answering", answering_at_us: 50 };
  const begun = follow(loaded(), ["answering", { question }]);
  expect(begun.answering).toBe(8);
  expect(begun.known.get(8)?.answeringAtUs).toBe(50);
  const done = follow(begun, [
    "answered",
    { question: { ...question, status: "answered", answered_at_us: 90 } },
  ]);
  expect([done.answering, done.answered]).toEqual([0, [3, 8]]);
  const again = follow(done, ["reopened", { number: 8, status: "open" }]);
  expect(again.answered).toEqual([3]);
  expect(again.known.get(8)).toMatchObject({ status: "open", answeredAtUs: 0 });
});

test("a dismissed question is off every list", () => {
  const state = follow(loaded(), ["dismissed", { number: 1 }]);
  expect(listed(state, state.board, "time").map(({ number }) => number)).toEqual([2]);
});

test("what all are told leaves to hosts what they know", () => {
  const desk = { shown: [1], entered: [{ ...ONE, assignee: "Bo", assignee_identity: "bo" }] };
  const host = follow({ ...loaded(), known: new Map() }, ["desk", desk]);
  expect(host.known.get(1)?.assignee).toBe("Bo");
  const told = follow(host, ["board", { shown: [1], entered: [ONE] }]);
  expect(told.known.get(1)?.assignee).toBe("Bo");
  const answering = follow(told, ["answering", { question: { ...ONE, status: "answering" } }]);
  expect(answering.known.get(1)?.assigneeIdentity).toBe("bo");
  const free = follow(told, ["assigned", { number: 1, identity: "", name: "" }]);
  expect(free.known.get(1)?.assignee).toBe("");
});

test("settings change, and other kinds change nothing", () => {
  const state = loaded();
  const changed = follow(state, ["settings_changed", { moderated: false, anonymous: false }]);
  expect([changed.isModerated, changed.allowsAnonymous]).toEqual([false, false]);
  expect(questionsFold.apply(state, entry(30, { kind: "chat.message" }))).toBe(state);
});

test("a page of what was looked for is read", () => {
  const page = foundPageOf({ query: 4, offset: 30, total: 31, questions: [ONE] });
  expect([page.query, page.offset, page.total, page.questions[0]?.text]).toEqual([
    4,
    30,
    31,
    "Refunds?",
  ]);
});
