import { expect, test } from "vitest";

import type { HandsState } from "../src/client/plugins/hands";
import { handsFold, positionOf } from "../src/client/plugins/hands";
import { entry } from "./builders";

const QUEUE = {
  total: 2,
  first: [
    { participant_id: "PA_1", name: "Li", seq: 3, at_us: 30 },
    { participant_id: "PA_2", name: "Mo", seq: 5, at_us: 50, away: true },
  ],
  before: [3, 5],
  floors: [{ participant_id: "PA_3", name: "Wu", rights: ["voice", "flying"], at_us: 9 }],
  all_silenced: false,
};
const OWN = { participant_id: "PA_me", identity: "me", name: "Me", reason: "Shop" };

function loaded(changes: object = {}): HandsState {
  const view = { queue: QUEUE, hand: null, floor: null, may_unmute: true, ...changes };
  return handsFold.load(view, 10);
}

function after(state: HandsState, ...entries: [string, object][]): HandsState {
  return entries.reduce(
    (now, [event, body], index) =>
      handsFold.apply(now, entry(11 + index, { kind: `hands.${event}`, body })),
    state,
  );
}

test("starts from the view", () => {
  const { queue, hand, mayUnmute } = loaded();
  expect(queue.first.map(({ name, isAway }) => [name, isAway])).toEqual([
    ["Li", false],
    ["Mo", true],
  ]);
  expect(queue.floors[0]?.rights).toEqual(["voice"]);
  expect([hand, mayUnmute]).toEqual([null, true]);
});

test("one's own hand goes up, gets a reason and goes down", () => {
  const raised = after(loaded(), ["raised", OWN]);
  expect(raised.hand).toMatchObject({ seq: 11, reason: "Shop" });
  expect(after(raised, ["reasoned", { ...OWN, reason: "Price" }]).hand?.reason).toBe("Price");
  expect(after(raised, ["lowered", OWN]).hand).toBeNull();
  expect(after(raised, ["all_lowered", {}]).hand).toBeNull();
  expect(after(loaded(), ["reasoned", OWN]).hand).toBeNull();
});

test("one's position follows from the queue", () => {
  const raised = after(loaded(), ["raised", OWN]);
  expect(positionOf(raised)).toBe(3);
  expect(positionOf(loaded())).toBeNull();
  const first = handsFold.summarize?.(raised, { ...QUEUE, total: 1, before: [11], first: [] });
  expect(first && positionOf(first)).toBe(1);
  const many = { ...QUEUE, total: 500, before: [1, 2, 3] };
  const behind = handsFold.summarize?.(raised, many);
  expect(behind && positionOf(behind)).toBeNull();
});

test("the floor comes and goes", () => {
  const silenced = loaded({ may_unmute: false, queue: { ...QUEUE, all_silenced: true } });
  const given = after(silenced, ["floor_given", { ...OWN, rights: ["voice", "screen"] }]);
  expect([given.floor, given.mayUnmute]).toEqual([["voice", "screen"], true]);
  const taken = after(given, ["floor_taken", OWN]);
  expect([taken.floor, taken.mayUnmute]).toEqual([null, false]);
});

test.each(["self", "host", "spoke", "away"])("a floor that ended by %s says so", (why) => {
  const taken = after(loaded({ floor: ["voice"] }), ["floor_taken", { ...OWN, why }]);
  expect(taken).toMatchObject({ floor: null, floorEnded: why });
  expect(after(taken, ["floor_given", { ...OWN, rights: ["voice"] }]).floor).toEqual(["voice"]);
});

test("an end for a reason that is not known yet was somebody else's doing", () => {
  const taken = after(loaded({ floor: ["voice"] }), ["floor_taken", { ...OWN, why: "weather" }]);
  expect(taken.floorEnded).toBe("host");
});

test("who may unmute changes for one and for all", () => {
  expect(after(loaded(), ["silenced", { ...OWN, may_unmute: false }]).mayUnmute).toBe(false);
  const all = after(loaded(), ["all_silenced", { may_unmute: false }]);
  expect([all.mayUnmute, all.queue.allSilenced]).toEqual([false, true]);
  const holder = after(loaded({ floor: ["voice"] }), ["all_silenced", { may_unmute: false }]);
  expect(holder.mayUnmute).toBe(true);
});

test("a summary replaces the queue and leaves what is one's own", () => {
  const raised = after(loaded(), ["raised", OWN]);
  const told = handsFold.summarize?.(raised, { ...QUEUE, total: 7 });
  expect([told?.queue.total, told?.hand?.seq]).toEqual([7, 11]);
});

test("applying an entry twice changes nothing", () => {
  const raised = after(loaded(), ["raised", OWN]);
  expect(handsFold.apply(raised, entry(11, { kind: "hands.raised", body: OWN }))).toEqual(raised);
});

test.each([[undefined], [null], ["text"], [{ queue: [] }], [{ hand: 7, floor: "voice" }]])(
  "a view of another shape (%j) is an empty one",
  (view) => {
    const state = handsFold.load(view, 0);
    expect([state.queue.total, state.hand, state.floor]).toEqual([0, null, null]);
  },
);
