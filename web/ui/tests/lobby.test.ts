import { expect, test } from "vitest";

import { lobbyFold } from "../src/client/plugins/lobby";
import { entry } from "./builders";

const VIEW = {
  settings: {
    waiting_room: true,
    hosts_first: false,
    locked: true,
    shows_patrol: false,
    capacity: 12,
  },
  waiting: [
    {
      waiting_id: "WA_1",
      identity: "li",
      name: "Li",
      role: "merchant",
      since_us: 5,
      was_removed: true,
    },
  ],
  waiting_total: 4_000,
  banned: [{ identity: "mo", name: "Mo" }],
  banned_total: 1,
  patrols: ["Pat"],
};

test("a view is read, and a summary stands for it", () => {
  const state = lobbyFold.load(VIEW, 7);
  expect(state.settings).toEqual({
    waitingRoom: true,
    hostsFirst: false,
    isLocked: true,
    showsPatrol: false,
    capacity: 12,
  });
  expect(state.waiting).toEqual([
    { waitingId: "WA_1", identity: "li", name: "Li", sinceUs: 5, wasRemoved: true, isAdmitted: false },
  ]);
  expect(state.waitingTotal).toBe(4_000);
  const later = { ...VIEW, waiting: [], waiting_total: 0 };
  expect(lobbyFold.summarize?.(state, later).waiting).toEqual([]);
  expect(lobbyFold.apply(state, entry(8, { kind: "room.join_waiting" }))).toBe(state);
});

test.each([undefined, {}, { settings: null, waiting: "x" }])("%j is nothing", (view) => {
  const state = lobbyFold.load(view, 0);
  expect(state.waitingTotal).toBe(0);
  expect(state.waiting).toEqual([]);
  expect(state.settings.capacity).toBeNull();
});
