import { describe, expect, test } from "vitest";

import type { BreakoutsState } from "../src/client/plugins/breakouts";
import { breakoutsFold } from "../src/client/plugins/breakouts";
import { entry } from "./builders";

const GROUPS = [
  { number: 1, name: "Tea", group_id: null },
  { number: 2, name: "Silk", group_id: null },
];
const OPEN = GROUPS.map((group) => ({ ...group, group_id: `RM_${group.name}` }));

function fold(state: BreakoutsState, kind: string, body: object, atUs = 0): BreakoutsState {
  return breakoutsFold.apply(state, entry(1, { kind, body, at_us: atUs }));
}

function planned(assignment = { li: 1, mo: 2 }): BreakoutsState {
  const body = { groups: GROUPS, by: "even", may_return: true, late: "fewest", assignment };
  return fold(breakoutsFold.load(undefined, 0), "breakouts.planned", body);
}

describe("the plan", () => {
  test("begins with nothing", () => {
    const state = breakoutsFold.load(undefined, 0);
    expect(state).toMatchObject({ phase: "none", groups: [], own: null });
  });

  test("is made, changed and dropped", () => {
    const state = planned();
    expect(state.assignment).toEqual({ li: 1, mo: 2 });
    const moved = fold(state, "breakouts.assigned", { identities: ["li"], number: 2 });
    expect(moved.assignment).toEqual({ li: 2, mo: 2 });
    const freed = fold(moved, "breakouts.assigned", { identities: ["li"], number: null });
    expect(freed.assignment).toEqual({ mo: 2 });
    expect(fold(freed, "breakouts.cancelled", {}).phase).toBe("none");
  });

  test("opens for a while and closes", () => {
    const body = { groups: OPEN, by: "even", may_return: false, left_us: 60 };
    const open = fold(planned(), "breakouts.opened", body, 40);
    expect(open).toMatchObject({ phase: "open", endsAtUs: 100, mayReturn: false });
    const closing = fold(open, "breakouts.timer_set", { left_us: 30, is_closing: true }, 50);
    expect(closing).toMatchObject({ endsAtUs: 80, isClosing: true });
    const closed = fold(closing, "breakouts.closed", { groups: OPEN });
    expect(closed).toMatchObject({ phase: "none", groups: [], endsAtUs: null, isClosing: false });
  });

  test("knows who is where and who calls", () => {
    const li = { participant_id: "PA_1", identity: "li", name: "Li", role: "merchant" };
    let state = fold(planned(), "room.participant_moved", { ...li, group_id: "RM_Tea" });
    expect(state.away.map((person) => person.groupId)).toEqual(["RM_Tea"]);
    state = fold(state, "room.participant_moved", { ...li, group_id: "RM_Silk" });
    expect(state.away.map((person) => person.groupId)).toEqual(["RM_Silk"]);
    state = fold(state, "room.participant_moved", { ...li, group_id: null });
    expect(state.away).toEqual([]);
    state = fold(state, "breakouts.help_asked", { number: 2, name: "Mo" }, 7);
    expect(state.help).toEqual([{ number: 2, name: "Mo", sinceUs: 7 }]);
    expect(fold(state, "breakouts.help_ended", { number: 2 }).help).toEqual([]);
  });

  test("knows who speaks to all", () => {
    const state = fold(planned(), "breakouts.voice", { participant_id: "PA_1", name: "Ana" });
    expect(state.voice).toEqual({ participantId: "PA_1", name: "Ana" });
    const silent = fold(state, "breakouts.voice", { participant_id: null, name: "" });
    expect(silent.voice).toBeNull();
    expect(fold(state, "breakouts.closed", { groups: [] }).voice).toBeNull();
  });

  test("a view gives the same as the entries", () => {
    const view = {
      place: "main",
      phase: "planned",
      groups: GROUPS,
      by: "even",
      may_return: true,
      late: "fewest",
      assignment: { li: 1, mo: 2 },
      ends_at_us: null,
      is_closing: false,
      voice: null,
      away: [],
      help: [],
      summaries: [],
    };
    expect(breakoutsFold.load(view, 1)).toEqual(planned());
  });
});

test("a group gets another name, also for who is in it", () => {
  const body = { number: 1, name: "Oolong" };
  expect(fold(planned(), "breakouts.renamed", body).groups[0]?.name).toBe("Oolong");
  const inside = breakoutsFold.load({ place: "group", number: 1, name: "Tea", groups: OPEN }, 0);
  expect(fold(inside, "breakouts.renamed", body).own?.name).toBe("Oolong");
  expect(fold(inside, "breakouts.renamed", { ...body, number: 2 }).own?.name).toBe("Tea");
});

test("a group that is over says who was there and for how long", () => {
  const stays = [{ name: "Li", stayed_us: 60e6, is_host: false }, { name: "Ana", stayed_us: 5e6, is_host: true }];
  const body = { name: "Tea", group_id: "RM_tea", stays, lasted_us: 90e6, messages_total: 3 };
  const [summary] = fold(planned(), "breakouts.summary", body).summaries;
  expect(summary).toMatchObject({ groupId: "RM_tea", lastedUs: 90e6, messagesTotal: 3, isLost: false });
  expect(summary?.stays).toEqual([
    { name: "Li", stayedUs: 60e6, isHost: false },
    { name: "Ana", stayedUs: 5e6, isHost: true },
  ]);
});

test("a group that broke down is not to be entered, and is told of until the groups close", () => {
  const opened = fold(planned(), "breakouts.opened", { groups: OPEN, by: "even", left_us: null });
  const state = fold(opened, "breakouts.group_lost", { number: 1, name: "Tea" }, 7);
  expect(state.groups.map((group) => group.groupId)).toEqual([null, OPEN[1]?.group_id]);
  expect(state.lost).toEqual([{ number: 1, name: "Tea", atUs: 7 }]);
  const late = breakoutsFold.load({ phase: "open", lost: [{ number: 1, name: "Tea", at_us: 7 }] }, 0);
  expect(late.lost).toEqual(state.lost);
  expect(fold(state, "breakouts.closed", { groups: [] }).lost).toEqual([]);
  const again = fold(state, "breakouts.reopened", { number: 1, name: "Tea", group_id: "RM_new" }, 9);
  expect(again.groups.map((group) => group.groupId)).toEqual(["RM_new", OPEN[1]?.group_id]);
  expect(again.lost).toEqual([]);
});

describe("a group from inside", () => {
  const view = {
    place: "group",
    number: 1,
    name: "Tea",
    groups: OPEN,
    may_return: true,
    ends_at_us: 90,
    is_closing: false,
    has_ended: false,
    help_asked_by: null,
    announcement: { text: "hello", author_name: "Ana", at_us: 3 },
  };

  test("shows what is announced, and who asked for help", () => {
    let state = breakoutsFold.load(view, 0);
    expect(state.own).toMatchObject({ name: "Tea", announcement: { text: "hello", atUs: 3 } });
    state = fold(state, "breakouts.announced", { text: "hurry", author_name: "Ana" }, 9);
    expect(state.own?.announcement).toEqual({ text: "hurry", authorName: "Ana", atUs: 9 });
    state = fold(state, "breakouts.help_asked", { number: 1, name: "Li" });
    expect(state.own?.helpAskedBy).toBe("Li");
    expect(fold(state, "breakouts.help_ended", { number: 1 }).own?.helpAskedBy).toBeNull();
    expect(fold(state, "breakouts.ended", {}).own?.hasEnded).toBe(true);
  });

  test("knows which of the others can be entered", () => {
    const state = fold(breakoutsFold.load(view, 0), "breakouts.group_lost", { number: 2, name: "Silk" });
    expect(state.groups[1]?.groupId).toBeNull();
    expect(state.lost).toEqual([]);
    const body = { number: 2, name: "Silk", group_id: "RM_new" };
    expect(fold(state, "breakouts.reopened", body).groups[1]?.groupId).toBe("RM_new");
  });

  test("begins while one is in it", () => {
    const body = { number: 2, name: "Silk", groups: OPEN, may_return: false, left_us: 10 };
    const state = fold(breakoutsFold.load(undefined, 0), "breakouts.begun", body, 5);
    expect(state).toMatchObject({ endsAtUs: 15, mayReturn: false, own: { name: "Silk" } });
  });
});

test("other entries change nothing", () => {
  const state = planned();
  expect(fold(state, "chat.message", { text: "x" })).toBe(state);
});
