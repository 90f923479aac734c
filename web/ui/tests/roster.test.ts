import { expect, test } from "vitest";

import { Roster } from "../src/client/roster";
import { entry, participant, track, welcome } from "./builders";

function loaded(): Roster {
  const roster = new Roster();
  roster.load(welcome({ participants: [participant("PA_1")], tracks: [track("TR_1")] }));
  return roster;
}

test("starts from the welcome", () => {
  const roster = loaded();
  expect(roster.participants.map(({ id }) => id)).toEqual(["PA_1"]);
  expect(roster.trackOf("PA_1", "camera")?.id).toBe("TR_1");
});

test("people come, lose their connection, come back and leave with their tracks", () => {
  const roster = loaded();
  const later = participant("PA_2", { joined_at_us: 5 });
  roster.apply(entry(11, { kind: "room.participant_joined", body: { participant: later } }));
  expect(roster.participants.map(({ id }) => id)).toEqual(["PA_1", "PA_2"]);
  const about = { body: { participant_id: "PA_1" } };
  roster.apply(entry(12, { kind: "room.participant_disconnected", ...about }));
  expect(roster.participant("PA_1")?.isConnected).toBe(false);
  roster.apply(entry(13, { kind: "room.participant_reconnected", ...about }));
  expect(roster.participant("PA_1")?.isConnected).toBe(true);
  roster.apply(entry(14, { kind: "room.participant_left", ...about }));
  expect(roster.participants.map(({ id }) => id)).toEqual(["PA_2"]);
  expect(roster.tracks).toEqual([]);
});

test("tracks are published, muted, unmuted and unpublished", () => {
  const roster = loaded();
  const screen = track("TR_2", { source: "screen_share", width_px: 1920, height_px: 1080 });
  roster.apply(entry(11, { kind: "room.track_published", body: { track: screen } }));
  expect(roster.track("TR_2")).toMatchObject({
    source: "screen_share",
    kind: "video",
    widthPx: 1920,
  });
  roster.apply(entry(12, { kind: "room.track_muted", body: { track_id: "TR_2", muted: true } }));
  expect(roster.track("TR_2")?.isMuted).toBe(true);
  roster.apply(entry(13, { kind: "room.track_muted", body: { track_id: "TR_2", muted: false } }));
  expect(roster.track("TR_2")?.isMuted).toBe(false);
  roster.apply(entry(14, { kind: "room.track_unpublished", body: { track_id: "TR_2" } }));
  expect(roster.track("TR_2")).toBeUndefined();
});

test.each([[null], ["text"], [{}], [{ participant: { participant_id: 7 } }], [{ track: [] }]])(
  "a body of another shape (%j) is passed over",
  (body) => {
    const roster = loaded();
    for (const kind of [
      "participant_joined",
      "participant_left",
      "track_published",
      "track_muted",
    ]) {
      roster.apply(entry(11, { kind: `room.${kind}`, body }));
    }
    expect(roster.participants).toHaveLength(1);
    expect(roster.tracks).toHaveLength(1);
  },
);
