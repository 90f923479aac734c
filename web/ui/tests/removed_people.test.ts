import { expect, test } from "vitest";

import { RoomState } from "../src/client/room_state";
import { entry, participant, welcome } from "./builders";

function hosted(): RoomState {
  const room = new RoomState({
    request: () => Promise.reject(new Error("nobody asks here")),
    signal: () => undefined,
    changed: () => undefined,
  });
  const removed = [{ identity: "mo", name: "Mo" }];
  const li = participant("PA_li", { identity: "li", name: "Li" });
  room.handleWelcome(welcome({ participants: [li], removed }), 0);
  return room;
}

function names(room: RoomState): string[] {
  return room.removed.map((person) => person.name);
}

test("hosts know whom they removed, from the room or a group, until one is let in again", () => {
  const room = hosted();
  const left = { participant_id: "PA_li", cause: "removed" };
  room.apply(entry(11, { kind: "room.participant_left", body: left }), 0);
  expect(names(room)).toEqual(["Mo", "Li"]);
  const away = { participant_id: "PA_wu", identity: "wu", name: "Wu", cause: "removed" };
  room.apply(entry(12, { kind: "room.participant_removed", body: away }), 0);
  room.apply(entry(13, { kind: "room.participant_readmitted", body: { identity: "mo" } }), 0);
  expect(names(room)).toEqual(["Li", "Wu"]);
  const back = { participant: participant("PA_9", { identity: "li" }) };
  room.apply(entry(14, { kind: "room.participant_joined", body: back }), 0);
  expect(names(room)).toEqual(["Wu"]);
});

test("who leaves by itself was not removed", () => {
  const room = hosted();
  const left = { participant_id: "PA_li", cause: "left" };
  room.apply(entry(11, { kind: "room.participant_left", body: left }), 0);
  expect(names(room)).toEqual(["Mo"]);
});

test("a group that is renamed is called so", () => {
  const room = hosted();
  room.apply(entry(11, { kind: "room.renamed", body: { name: "Oolong" } }), 0);
  expect(room.welcome?.room.name).toBe("Oolong");
});
