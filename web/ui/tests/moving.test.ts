import { describe, expect, test } from "vitest";

import type { EntryInfo, Moved } from "../src/client/protocol";
import { RoomState } from "../src/client/room_state";
import { Session } from "../src/client/session";
import { entry, participant, takeOutputs, track, welcome } from "./builders";

function moved(changes: Partial<Moved> = {}): Moved {
  return {
    type: "moved",
    room: { ...welcome().room, room_id: "RM_2", name: "Tea", main_room_id: "RM_1" },
    seq: 3,
    participants: [],
    tracks: [],
    plugins: {},
    can_publish: ["microphone"],
    plugin_infos: [],
    files_ticket: "",
    removed: [],
    ...changes,
  };
}

function joined(): Session {
  const session = new Session({ random: () => 0.5 });
  session.join({ token: "t", name: "Lin", media: null, device_id: null }, 0);
  session.handleOpened(0);
  session.handleMessage(welcome(), 0);
  takeOutputs(session);
  return session;
}

function entriesOf(session: Session): EntryInfo[] {
  return takeOutputs(session).flatMap((output) =>
    output.kind === "entries" ? output.entries : [],
  );
}

describe("a session that is moved", () => {
  test("counts the entries of the other room's journal", () => {
    const session = joined();
    session.handleMessage({ type: "entries", entries: [entry(40)] }, 1);
    session.handleMessage(moved(), 2);
    takeOutputs(session);
    session.handleMessage({ type: "entries", entries: [entry(3), entry(4), entry(5)] }, 3);
    expect(entriesOf(session).map((one) => one.seq)).toEqual([4, 5]);
  });

  test("resumes with the room that its seq is of", () => {
    const session = joined();
    session.handleMessage(moved(), 1);
    session.handleMessage({ type: "entries", entries: [entry(4)] }, 2);
    session.handleClosed(10);
    session.handleTime(1_000);
    takeOutputs(session);
    session.handleOpened(1_001);
    const [resume] = takeOutputs(session);
    expect(resume).toMatchObject({
      message: { type: "resume", last_seq: 4, room_id: "RM_2" },
    });
  });

  test("addresses what is for the people of one room, and nothing else", () => {
    const session = joined();
    session.request({ type: "plugin_request", plugin: "chat", body: {} }, 1);
    session.handleMessage(moved(), 2);
    session.request({ type: "plugin_signal", plugin: "whiteboard", body: {} }, 3);
    session.request({ type: "mute_track", track_id: "TR_1", muted: true }, 4);
    const sent = takeOutputs(session).flatMap((output) =>
      output.kind === "send" ? [output.message] : [],
    );
    expect(sent.map((message) => ("room_id" in message ? message.room_id : null))).toEqual([
      "RM_1",
      "RM_2",
      null,
    ]);
  });

  test("learns of a move that it missed after it has resumed", () => {
    const session = joined();
    session.handleClosed(10);
    session.handleTime(1_000);
    session.handleOpened(1_001);
    const resumed = { ref: 2, slot_views: [], resume_token: "next", can_publish: [], grants: null };
    session.handleMessage({ type: "resumed", entries: [], ...resumed }, 1_002);
    session.handleMessage(moved(), 1_003);
    takeOutputs(session);
    session.handleMessage({ type: "entries", entries: [entry(4)] }, 1_004);
    expect(entriesOf(session).map((one) => one.seq)).toEqual([4]);
  });
});

test("the state of the other room stands for that of the first", () => {
  const nothing = (): undefined => undefined;
  const state = new RoomState({
    request: () => Promise.reject(new Error("no")),
    signal: nothing,
    changed: nothing,
  });
  const me = participant("PA_me", { joined_at_us: 5_000_000 });
  state.handleWelcome(welcome({ participants: [me, participant("PA_1")] }), 1_000);
  state.handlePush({ type: "speakers_changed", participant_ids: ["PA_1"] });
  const there = participant("PA_me", { joined_at_us: 2_000 });
  const own = track("TR_1", { participant_id: "PA_me", source: "microphone" });
  state.handleMoved(moved({ participants: [there], tracks: [own] }), 9_000);
  expect(state.roster.participants.map((person) => person.id)).toEqual(["PA_me"]);
  expect(state.ownTrack("microphone")?.id).toBe("TR_1");
  expect(state.speakers).toEqual([]);
  expect(state.participantId).toBe("PA_me");
  expect(state.canPublish("camera")).toBe(false);
  expect(state.clock.nowUs(9_000)).toBe(2_000);
  expect(state.welcome?.room.main_room_id).toBe("RM_1");
});
