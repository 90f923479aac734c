import { beforeEach, describe, expect, it, vi } from "vitest";

import { FirstPicture } from "../src/client/first_picture";
import type { TrackInfo } from "../src/client/protocol";

function track(source: TrackInfo["source"], muted = false): TrackInfo {
  return {
    track_id: "TR_1",
    participant_id: "PA_1",
    source,
    muted,
    width_px: 0,
    height_px: 0,
    published_seq: 0,
  };
}

async function isSettled(picture: FirstPicture): Promise<boolean> {
  const pending = Symbol();
  return (await Promise.race([picture.settled, Promise.resolve(pending)])) !== pending;
}

describe("the first picture of the others", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it.each([[[]], [[track("microphone")]], [[track("camera", true)]]])(
    "is not waited for where nobody shows anything",
    async (tracks) => {
      const picture = new FirstPicture();
      picture.expect(tracks);
      expect(await isSettled(picture)).toBe(true);
    },
  );

  it("is waited for until it is shown", async () => {
    const picture = new FirstPicture();
    picture.expect([track("camera")]);
    expect(await isSettled(picture)).toBe(false);
    picture.handleFrame();
    expect(await isSettled(picture)).toBe(true);
  });

  it("is not waited for without end", async () => {
    const picture = new FirstPicture();
    picture.expect([track("screen_share")]);
    vi.advanceTimersByTime(399);
    expect(await isSettled(picture)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await isSettled(picture)).toBe(true);
  });
});
