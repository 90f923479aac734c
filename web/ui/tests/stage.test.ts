import { expect, test } from "vitest";

import { Room } from "../src/client";
import type { ParticipantInfo, TrackInfo } from "../src/client/protocol";
import { focusOf, stageItems } from "../src/pages/state/stage_items";
import { wantedTiles } from "../src/pages/state/stage_view";
import { participant, track, welcome } from "./builders";

const BOX = { left: 0, top: 0, width: 320, height: 180 };

function roomWith(
  people: readonly ParticipantInfo[],
  tracks: readonly TrackInfo[],
  template = "class",
): Room {
  const room = new Room({ url: "ws://node.test/ws", token: "", videoSlots: 12, deviceId: null });
  room.roster.load(welcome({ participants: people, tracks }));
  const info = { ...welcome().room, template };
  Object.defineProperties(room, { participantId: { value: "PA_me" }, info: { value: info } });
  return room;
}

const ME = participant("PA_me", { joined_at_us: 1 });
const TEACHER = participant("PA_1", { role: "host", joined_at_us: 2 });
const SILENT = participant("PA_2", { joined_at_us: 3 });

test("screens come first, oneself last, one's own screen not at all", () => {
  const screens = [
    track("TR_1", { source: "screen_share" }),
    track("TR_2", { participant_id: "PA_me", source: "screen_share" }),
  ];
  const keys = stageItems(roomWith([ME, TEACHER], screens)).map(({ key }) => key);
  expect(keys).toEqual(["PA_1/screen_share", "PA_1/camera", "PA_me/camera"]);
});

test("in a briefing only those stand on the stage who publish", () => {
  const camera = [track("TR_1")];
  const onStage = (template: string): string[] =>
    stageItems(roomWith([ME, TEACHER, SILENT], camera, template)).map(
      (item) => item.participant.id,
    );
  expect(onStage("briefing")).toEqual(["PA_1"]);
  expect(onStage("class")).toEqual(["PA_1", "PA_2", "PA_me"]);
});

test("a pin goes before a screen, a screen before a speaker", () => {
  const items = stageItems(roomWith([ME, TEACHER, SILENT], []));
  expect(focusOf(items, { pinned: null, speaker: null })).toBeNull();
  expect(focusOf(items, { pinned: null, speaker: "PA_2" })?.key).toBe("PA_2/camera");
  expect(focusOf(items, { pinned: "PA_1/camera", speaker: "PA_2" })?.key).toBe("PA_1/camera");
  const shared = stageItems(roomWith([ME, TEACHER], [track("TR_1", { source: "screen_share" })]));
  expect(focusOf(shared, { pinned: null, speaker: "PA_1" })?.key).toBe("PA_1/screen_share");
  expect(focusOf(shared, { pinned: "PA_gone/camera", speaker: null })?.key).toBe(
    "PA_1/screen_share",
  );
});

test("tiles are asked for in physical pixels, a screen in its own", () => {
  const size = { width_px: 1920, height_px: 1080 };
  const tracks = [track("TR_1"), track("TR_2", { source: "screen_share", ...size })];
  const items = stageItems(roomWith([ME, TEACHER], tracks));
  expect(wantedTiles(items, [BOX, BOX, BOX], 1.5)).toEqual([
    { track_id: "TR_2", width_px: 1920, height_px: 1080 },
    { track_id: "TR_1", width_px: 480, height_px: 270 },
  ]);
});

test("nobody asks for a muted picture, or for one's own", () => {
  const tracks = [track("TR_1", { muted: true }), track("TR_2", { participant_id: "PA_me" })];
  const items = stageItems(roomWith([ME, TEACHER], tracks));
  expect(wantedTiles(items, [BOX, BOX, BOX], 1)).toEqual([]);
});
