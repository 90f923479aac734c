import { beforeEach, describe, expect, test } from "vitest";

import { pollsFold } from "../src/client/plugins/polls";
import type { Ballot } from "../src/client/plugins/poll_ballots";
import { ballotPageOf } from "../src/client/plugins/poll_ballots";
import { toCsv, toJson } from "../src/pages/features/polls/ballot_table";
import {
  change,
  draft,
  EMPTY_DRAFT,
  isComplete,
  removeChoice,
  setKind,
  setQuiz,
  toggleRight,
  toRequest,
} from "../src/pages/features/polls/poll_draft";

const WORDS = { name: "name", identity: "identity", time: "time", answer: "answer" };
const MARK = "\uFEFF";

function poll(info: object) {
  const [made] = pollsFold.load({ polls: [{ info, status: "closed" }], score: 0 }, 1).polls;
  if (made === undefined) throw new Error("no poll");
  return made;
}

function ballot(changes: Partial<Ballot>): Ballot {
  return { choices: [], text: "", name: "", identity: "", atUs: 0, ...changes };
}

test("a page of answers is read; what is left out is nothing", () => {
  const page = ballotPageOf({ query: 3, total: 9, ballots: [{ choices: [1] }, { text: "x" }] });
  expect(page).toEqual({
    query: 3,
    total: 9,
    ballots: [ballot({ choices: [1] }), ballot({ text: "x" })],
  });
  expect(ballotPageOf(undefined)).toEqual({ query: 0, total: 0, ballots: [] });
});

describe("the table of a poll", () => {
  test("an anonymous one has a column for each choice, and no names", () => {
    const csv = toCsv(poll({ number: 1, choices: ["red", "a, b"] }), [ballot({ choices: [1] })], WORDS);
    expect(csv).toBe(`${MARK}red,"a, b"\r\n0,1\r\n`);
  });

  test("one by name says who and when", () => {
    const named = poll({ number: 1, kind: "text", named: true });
    const li = ballot({ name: "Li", identity: "li", atUs: 65_000_000, text: 'say "hi"\nthere' });
    expect(toCsv(named, [li], WORDS)).toBe(
      `${MARK}name,identity,time,answer\r\nLi,li,1:05,"say ""hi""\nthere"\r\n`,
    );
    expect(JSON.parse(toJson(named, [li])).answers).toEqual([
      { name: "Li", identity: "li", at_us: 65_000_000, text: li.text },
    ]);
  });

  test.each(["=1+1", "+1", "-1", "@sum", "\tx"])("%j is no formula", (text) => {
    const csv = toCsv(poll({ number: 1, kind: "text" }), [ballot({ text })], WORDS);
    expect(csv.split("\r\n")[1]).toBe(`'${text}`);
  });
});

describe("a poll that is being made", () => {
  beforeEach(() => {
    draft.value = EMPTY_DRAFT;
    change({ text: "Which?", choices: ["red", "", " green "] });
  });

  test("empty choices are left out, and what is right moves along", () => {
    setQuiz(true);
    expect(isComplete(draft.value), "nothing is right yet").toBe(false);
    toggleRight(2);
    expect(isComplete(draft.value)).toBe(true);
    expect(toRequest(draft.value, true)).toMatchObject({
      choices: ["red", "green"],
      right: [1],
      shows: "closed",
      opens: true,
    });
    removeChoice(0);
    expect(draft.value.right).toEqual([1]);
  });

  test("one choice has one right answer, several have several", () => {
    setQuiz(true);
    setKind("multiple");
    toggleRight(0);
    toggleRight(2);
    expect(draft.value.right).toEqual([0, 2]);
    setKind("single");
    expect(draft.value.right).toEqual([0]);
    setKind("text");
    expect(toRequest(draft.value, false)).toMatchObject({ choices: [], right: [] });
  });

  test.each([
    { text: " " },
    { choices: ["red", "red"] },
    { choices: ["red", " "] },
  ])("%j is not enough", (changes) => {
    change(changes);
    expect(isComplete(draft.value)).toBe(false);
  });
});
