import { expect, test, vi } from "vitest";

import type { PluginFold } from "../src/client/plugin_state";
import { PluginStates } from "../src/client/plugin_states";
import type { EntryInfo, PluginSignalled } from "../src/client/protocol";
import { entry, welcome } from "./builders";

interface Count {
  readonly said: readonly number[];
  readonly joined: number;
  readonly cursor: unknown;
}

const count: PluginFold<Count> = {
  name: "count",
  load: (view) => ({ said: Array.isArray(view) ? view : [], joined: 0, cursor: null }),
  apply(state, { kind, seq }) {
    if (kind === "room.participant_joined") return { ...state, joined: state.joined + 1 };
    return kind === "count.said" ? { ...state, said: [...state.said, seq] } : state;
  },
  summarize: (state, body) => ({ ...state, said: [Number(body)] }),
  signal: (state, { event, body }) => (event === "cursor" ? { ...state, cursor: body } : state),
};

function said(seq: number): EntryInfo {
  return entry(seq, { kind: "count.said" });
}

function signalled(event: string, body: unknown): PluginSignalled {
  return { type: "plugin_signalled", plugin: "count", event, author: "PA_1", body };
}

const link = {
  request: vi.fn(() => Promise.resolve({ type: "request_succeeded", ref: 1, seq: null } as const)),
  signal: vi.fn(),
  changed: vi.fn(),
};

function joined(view: unknown = [3], seq = 5): PluginStates {
  const states = new PluginStates(link);
  states.load(
    welcome({ plugin_infos: [{ name: "count", panel: null }], plugins: { count: { seq, body: view } } }),
  );
  return states;
}

test("a state starts with the view and follows what is newer, each entry once", () => {
  const states = new PluginStates(link);
  const state = states.of(count);
  expect(state.isPresent).toBe(false);
  states.load(
    welcome({
      plugin_infos: [{ name: "count", panel: null }],
      plugins: { count: { seq: 5, body: [3] } },
    }),
  );
  for (const each of [said(4), said(6), said(6), entry(7, { kind: "room.participant_joined" })]) {
    states.apply(each);
  }
  expect(state.isPresent).toBe(true);
  expect(state.state).toEqual({ said: [3, 6], joined: 1, cursor: null });
});

test("a fold that is asked for late ends in the same state", () => {
  const early = joined();
  const late = joined();
  early.of(count);
  const entries = [said(6), entry(7, { kind: "room.participant_joined" }), said(8)];
  for (const each of entries) {
    early.apply(each);
    late.apply(each);
  }
  expect(late.of(count).state).toEqual(early.of(count).state);
  late.apply(said(9));
  expect(late.of(count).state.said).toEqual([3, 6, 8, 9]);
});

test("the same fold gives the same object, another of this name is an error", () => {
  const states = joined();
  expect(states.of(count)).toBe(states.of(count));
  expect(() => states.of({ ...count })).toThrow(/two folds/);
});

test("a summary replaces what was there, the older of two is dropped", () => {
  const states = joined();
  states.handleSummary({ type: "plugin_summary", plugin: "count", seq: 9, body: 9 });
  states.handleSummary({ type: "plugin_summary", plugin: "other", seq: 1, body: 1 });
  expect(states.of(count).state.said).toEqual([9]);
  states.handleSummary({ type: "plugin_summary", plugin: "count", seq: 8, body: 8 });
  expect(states.of(count).state.said).toEqual([9]);
});

test("signals reach listeners and the state, and say whether it changed", () => {
  const states = joined();
  const state = states.of(count);
  const heard: unknown[] = [];
  const stop = state.onSignal(({ body }) => heard.push(body));
  expect(states.handleSignal(signalled("cursor", 1))).toBe(true);
  expect(states.handleSignal(signalled("laser", 2))).toBe(false);
  stop();
  states.handleSignal(signalled("cursor", 3));
  expect(heard).toEqual([1, 2]);
  expect(state.state.cursor).toBe(3);
});

test("requests and signals go out under the plugin's name", async () => {
  const state = joined().of(count);
  await state.request({ type: "say" });
  state.signal({ type: "move", x: 1 });
  expect(link.request).toHaveBeenCalledWith("count", { type: "say" });
  expect(link.signal).toHaveBeenCalledWith("count", { type: "move", x: 1 });
});

test("a plugin that the room does not have is not present and stays empty", () => {
  const states = new PluginStates(link);
  states.load(welcome());
  states.apply(said(11));
  const state = states.of(count);
  expect(state.isPresent).toBe(false);
  expect(state.state.said).toEqual([]);
});

test("a quiet change is told to those who follow the state, and does not draw the page again", async () => {
  const states = new PluginStates(link);
  const state = states.of({ ...count, isQuiet: (before, after) => before.joined === after.joined });
  states.load(
    welcome({ plugin_infos: [{ name: "count", panel: null }], plugins: { count: { seq: 5, body: [] } } }),
  );
  await Promise.resolve();
  const follower = vi.fn();
  const stop = state.onChange(follower);
  expect(states.apply(said(6))).toBe(false);
  expect(states.apply(said(7))).toBe(false);
  await Promise.resolve();
  expect(follower).toHaveBeenCalledTimes(1);
  expect(states.apply(entry(8, { kind: "room.participant_joined" }))).toBe(true);
  expect(states.apply(entry(9, { kind: "stranger.said" }))).toBe(true);
  stop();
  await Promise.resolve();
  expect(state.state.said).toEqual([6, 7]);
});
