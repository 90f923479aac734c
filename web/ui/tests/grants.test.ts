import { expect, test } from "vitest";

import type { Grants } from "../src/client/protocol";
import { Roster } from "../src/client/roster";
import { entry, participant, welcome } from "./builders";

const MERCHANT: Grants = {
  role: "merchant",
  can_publish_sources: ["microphone", "camera"],
  can_subscribe: true,
  room_admin: false,
  room_record: false,
  hidden: false,
  can_draw: false,
  can_ask: true,
  can_answer: false,
  can_poll: false,
  can_grant_floor: false,
  can_move_participants: false,
  needs_no_floor: false,
};

function changed(changes: object): ReturnType<typeof entry> {
  const body = { participant_id: "PA_1", identity: "li", changes };
  return entry(11, { kind: "room.grants_changed", body });
}

function rosterOf(grants: Grants | null = null): Roster {
  const roster = new Roster();
  const participants = [participant("PA_1", { grants })];
  roster.load(welcome({ participants, role_grants: { merchant: MERCHANT } }));
  return roster;
}

test("without grants of one's own one may do what the role may", () => {
  expect(rosterOf().grantsOf("PA_1")).toMatchObject({ canAsk: true, canDraw: false });
  expect(rosterOf({ ...MERCHANT, can_draw: true }).grantsOf("PA_1").canDraw).toBe(true);
  expect(rosterOf().grantsOf("PA_unknown").sources).toEqual([]);
});

test("a change is followed, and taken back by null", () => {
  const roster = rosterOf();
  roster.apply(changed({ can_draw: true, can_publish_sources: ["microphone"] }));
  expect(roster.participant("PA_1")?.grants).toMatchObject({
    canDraw: true,
    sources: ["microphone"],
  });
  roster.apply(changed({ can_draw: null }));
  expect(roster.grantsOf("PA_1")).toMatchObject({ canDraw: false, sources: ["microphone"] });
});
