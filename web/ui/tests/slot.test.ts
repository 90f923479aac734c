import { expect, test } from "vitest";

import type { SlotView } from "../src/client/protocol";
import { Slot } from "../src/client/slot";

function newSlot(reportsFrames = true): Slot {
  return new Slot({ slot: 3, mid: "7", kind: "video" }, reportsFrames);
}

function view(changes: Partial<SlotView>): SlotView {
  return { slot: 3, track_id: "TR_1", rtp_timestamp: null, reason: null, ...changes };
}

test("stays covered until the first frame of the new track is presented", () => {
  const slot = newSlot();
  slot.handleView(view({}));
  expect(slot.handleFrame(900)).toBe(false);
  slot.handleView(view({ rtp_timestamp: 1_000 }));
  expect(slot.isShown).toBe(false);
  expect(slot.handleFrame(999)).toBe(false);
  expect(slot.handleFrame(1_000)).toBe(true);
  expect(slot.isShown).toBe(true);
});

test("is uncovered at once if the frame was faster than the message", () => {
  const slot = newSlot();
  slot.handleView(view({}));
  slot.handleFrame(1_000);
  slot.handleView(view({ rtp_timestamp: 1_000 }));
  expect(slot.isShown).toBe(true);
});

test("RTP timestamps wrap around", () => {
  const slot = newSlot();
  slot.handleView(view({ rtp_timestamp: 2 ** 32 - 100 }));
  expect(slot.handleFrame(2 ** 32 - 3_000)).toBe(false);
  expect(slot.handleFrame(50)).toBe(true);
});

test("another track covers it again, more news of the same one does not", () => {
  const slot = newSlot();
  slot.handleView(view({ rtp_timestamp: 10 }));
  slot.handleFrame(10);
  slot.handleView(view({ rtp_timestamp: 99 }));
  expect(slot.isShown).toBe(true);
  slot.handleView(view({ track_id: "TR_2", rtp_timestamp: 200 }));
  expect(slot.isShown).toBe(false);
});

test("a track that was muted is not shown again by its last picture", () => {
  const slot = newSlot();
  slot.handleView(view({ rtp_timestamp: 10 }));
  slot.handleFrame(10);
  slot.expectFreshFrame();
  expect([slot.isShown, slot.hasPicture]).toEqual([false, false]);
  expect(slot.handleFrame(11)).toBe(true);
});

test("a pause for want of bandwidth covers it, until frames are announced again", () => {
  const slot = newSlot();
  slot.handleView(view({ rtp_timestamp: 10 }));
  slot.handleFrame(10);
  slot.handleView(view({ reason: "bandwidth" }));
  expect(slot.isShown).toBe(false);
  expect(slot.hasPicture).toBe(true);
  expect(slot.reason).toBe("bandwidth");
  expect(slot.handleFrame(11)).toBe(false);
  slot.handleView(view({ rtp_timestamp: 500 }));
  expect(slot.handleFrame(500)).toBe(true);
  expect(slot.reason).toBeNull();
});

test("an empty slot shows nothing, and says why", () => {
  const slot = newSlot();
  slot.handleView(view({ track_id: null, reason: "bandwidth" }));
  slot.handleFrame(10);
  expect(slot.isShown).toBe(false);
  expect(slot.reason).toBe("bandwidth");
});

test("a browser that reports no frames is believed the server's word", () => {
  const slot = newSlot(false);
  slot.handleView(view({}));
  expect(slot.isShown).toBe(false);
  slot.handleView(view({ rtp_timestamp: 10 }));
  expect(slot.isShown).toBe(true);
});
