import { expect, test } from "vitest";

import { Room } from "../src/client";
import type { ParticipantInfo, TrackInfo } from "../src/client/protocol";
import type { Box } from "../src/pages/state/layout";
import type { Pin } from "../src/pages/room/stage_plan";
import { chooseFocus, planOf, THING } from "../src/pages/room/stage_plan";
import type { StageItem } from "../src/pages/state/stage_items";
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

test("screens come first, one's own after those of others; oneself last", () => {
  const screens = [
    track("TR_1", { source: "screen_share" }),
    track("TR_2", { participant_id: "PA_me", source: "screen_share" }),
  ];
  const keys = stageItems(roomWith([ME, TEACHER], screens)).map(({ key }) => key);
  const own = "PA_me/screen_share";
  expect(keys).toEqual(["PA_1/screen_share", own, "PA_1/camera", "PA_me/camera"]);
});

test("one's own screen stands large only when one wants it", () => {
  const own = track("TR_2", { participant_id: "PA_me", source: "screen_share", published_seq: 9 });
  const items = stageItems(roomWith([ME, TEACHER], [own]));
  expect(focusOf(items, { pinned: null, speaker: null })).toBeNull();
  const key = "PA_me/screen_share";
  expect(focusOf(items, { pinned: key, speaker: null })?.key).toBe(key);
  expect(choosePinned(items, key)?.key).toBe(key);
});

function choosePinned(items: readonly StageItem[], key: string): StageItem | null {
  const pin = { key, newestSeq: 0 };
  return chooseFocus(items, { pin, speaker: "", isSpeakerLayout: false, thingSeq: null });
}

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

test("the screen that was shared last comes before others", () => {
  const screens = [
    track("TR_1", { source: "screen_share", published_seq: 20 }),
    track("TR_2", { participant_id: "PA_2", source: "screen_share", published_seq: 30 }),
  ];
  const items = stageItems(roomWith([ME, TEACHER, SILENT], screens));
  expect(focusOf(items, { pinned: null, speaker: null })?.key).toBe("PA_2/screen_share");
});

test("what was begun last takes the stage, and gives it back to whoever asks", () => {
  const shared = [track("TR_1", { source: "screen_share", published_seq: 20 })];
  const items = stageItems(roomWith([ME, TEACHER, SILENT], shared));
  const choose = (thingSeq: number | null, pin: Pin | null = null): string =>
    chooseFocus(items, { pin, speaker: "", isSpeakerLayout: false, thingSeq })?.key ?? "thing";
  expect(choose(15)).toBe("PA_1/screen_share");
  expect(choose(25)).toBe("thing");
  expect(choose(15, { key: THING, newestSeq: 20 })).toBe("thing");
  expect(choose(15, { key: THING, newestSeq: 15 })).toBe("PA_1/screen_share");
  expect(choose(25, { key: "PA_1/screen_share", newestSeq: 25 })).toBe("PA_1/screen_share");
  expect(choose(30, { key: "PA_1/screen_share", newestSeq: 25 })).toBe("thing");
  expect(choose(30, { key: "PA_2/camera", newestSeq: 25 })).toBe("PA_2/camera");
  expect(choose(null, { key: THING, newestSeq: 20 })).toBe("PA_1/screen_share");
});

const ON_ITS_SIDE = { width: 560, height: 300 };
const UPRIGHT = { width: 344, height: 520 };

test.each([ON_ITS_SIDE, UPRIGHT, { width: 1256, height: 640 }])(
  "leafing through a strip of %j takes nothing from what stands beside it",
  (area) => {
    const [screen, ...others] = stageItems(
      roomWith([ME, TEACHER], [track("TR_1", { source: "screen_share" })]),
    );
    const whole = planOf(area, { focus: screen ?? null, thing: null, barPx: 0 }, 1);
    const paged = planOf(area, { focus: screen ?? null, thing: null, barPx: 0 }, 40);
    expect(others.length).toBeGreaterThan(0);
    expect([whole.pages, paged.pages]).toEqual([1, Math.ceil(40 / paged.perPage)]);
    const { boxes } = paged.arrange(1 + paged.perPage);
    expect(Math.max(...boxes.slice(1).map((box) => box.top + box.height))).toBeLessThanOrEqual(
      area.height - 50,
    );
    const large = boxes[0]?.height ?? 0;
    const isBeside = paged.stripLeft !== null;
    expect(isBeside).toBe(area.width > area.height);
    if (isBeside) expect(large).toBe(area.height);
  },
);

test("the bar below a shared screen takes nothing from its picture on a phone held upright", () => {
  const [focus] = stageItems(roomWith([ME, TEACHER], [track("TR_1", { source: "screen_share" })]));
  const large = (barPx: number): Box | undefined =>
    planOf(UPRIGHT, { focus: focus ?? null, thing: null, barPx }, 2).arrange(3).boxes[0];
  const [without, withBar] = [large(0), large(60)];
  expect(without?.width).toBe(UPRIGHT.width);
  expect(withBar?.width).toBe(UPRIGHT.width);
  const pictureHeight = (UPRIGHT.width * 9) / 16;
  expect((withBar?.height ?? 0) - 60).toBeGreaterThanOrEqual(pictureHeight);
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
