import { expect, test } from "vitest";

import { screenShareFold } from "../src/client/plugins/screen_share";
import { entry } from "./builders";

const ASK = { identity: "li", name: "Li", by: "Teacher", expires_at_us: 60 };

function asked(seq: number, changes: object = {}): ReturnType<typeof entry> {
  return entry(seq, { kind: "screen_share.asked", body: { ...ASK, ...changes } });
}

function ended(seq: number, cause: string): ReturnType<typeof entry> {
  const body = { identity: "li", name: "Li", cause };
  return entry(seq, { kind: "screen_share.ask_ended", body });
}

test("a late joiner has the same questions as an early one", () => {
  const early = screenShareFold.apply(screenShareFold.load(undefined, 0), asked(7));
  const late = screenShareFold.load({ asks: [ASK] }, 7);
  expect(late).toEqual(early);
  expect(late.asks).toEqual([{ identity: "li", name: "Li", by: "Teacher", expiresAtUs: 60 }]);
});

test("a question again only lasts longer; applied twice it is one", () => {
  let state = screenShareFold.load({ asks: [ASK] }, 7);
  for (const each of [asked(8, { expires_at_us: 90 }), asked(8, { expires_at_us: 90 })]) {
    state = screenShareFold.apply(state, each);
  }
  expect(state.asks.map((ask) => ask.expiresAtUs)).toEqual([90]);
});

test("an answer ends it and is kept for who has asked", () => {
  const state = screenShareFold.apply(screenShareFold.load({ asks: [ASK] }, 7), ended(8, "declined"));
  expect(state).toEqual({ asks: [], lastAnswer: { seq: 8, name: "Li", cause: "declined" } });
});

test("other entries and broken bodies change nothing that matters", () => {
  const state = screenShareFold.load({ asks: "none" }, 1);
  expect(screenShareFold.apply(state, entry(2))).toBe(state);
  expect(screenShareFold.apply(state, entry(3, { kind: "screen_share.ask_ended" })).asks).toEqual([]);
});
