import { expect, test } from "vitest";

import { EmporionError } from "../src/client/errors";
import type { Sender } from "../src/client/outbound_track";
import { OutboundTrack } from "../src/client/outbound_track";
import type { Source } from "../src/client/protocol";
import { SVC_ENCODING } from "../src/client/scalable_encoding";
import type { Reply, RequestBody } from "../src/client/session_output";
import { Track } from "../src/client/track";
import { track } from "./builders";

class FakeSender implements Sender {
  readonly attached: (MediaStreamTrack | null)[] = [];
  encodings: RTCRtpEncodingParameters[] = ["l", "m", "h"].map((rid) => ({ rid, active: true }));

  async replaceTrack(attached: MediaStreamTrack | null): Promise<void> {
    this.attached.push(attached);
  }

  getParameters(): RTCRtpSendParameters {
    const encodings = this.encodings.map((encoding) => ({ ...encoding }));
    return { encodings, transactionId: "", codecs: [], headerExtensions: [], rtcp: {} };
  }

  async setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    this.encodings = parameters.encodings;
  }

  get active(): string {
    return this.encodings.flatMap(({ rid, active }) => (active ? [rid] : [])).join("");
  }
}

function fakeTrack(): MediaStreamTrack {
  const settings = { getSettings: () => ({ width: 1280, height: 720 }) };
  return settings as unknown as MediaStreamTrack;
}

class Stage {
  readonly sender = new FakeSender();
  readonly sent: RequestBody[] = [];
  failure: EmporionError | null = null;
  readonly outbound: OutboundTrack;

  constructor(source: Source = "camera") {
    const request = (body: RequestBody): Promise<Reply> => this.#answer(body);
    const changed = (): void => undefined;
    this.outbound = new OutboundTrack({ source, sender: this.sender, request, changed });
  }

  get types(): string[] {
    return this.sent.map((body) => (body.type === "mute_track" ? `mute ${body.muted}` : body.type));
  }

  async #answer(body: RequestBody): Promise<Reply> {
    this.sent.push(body);
    if (this.failure !== null) throw this.failure;
    if (body.type === "publish_track") return { type: "track_published", ref: 1, track_id: "TR_9" };
    return { type: "request_succeeded", ref: 1, seq: null };
  }
}

test("a track chosen before the join is attached and published after it", async () => {
  const stage = new Stage();
  await stage.outbound.set(fakeTrack());
  expect(stage.sender.attached).toEqual([]);
  expect(stage.sent).toEqual([]);
  await stage.outbound.handleJoined();
  expect(stage.sender.attached).toHaveLength(1);
  expect(stage.sent).toEqual([
    { type: "publish_track", source: "camera", muted: false, width_px: 1280, height_px: 720 },
  ]);
});

test("camera off: the track is taken away, no encoding is active, the server is told", async () => {
  const stage = new Stage();
  await stage.outbound.handleJoined();
  await stage.outbound.set(fakeTrack());
  await stage.outbound.set(null);
  expect(stage.sender.attached.at(-1)).toBeNull();
  expect(stage.sender.active).toBe("");
  expect(stage.types).toEqual(["publish_track", "mute true"]);
  await stage.outbound.set(fakeTrack());
  expect(stage.sender.active).toBe("lmh");
  expect(stage.types.at(-1)).toBe("mute false");
});

test("quick presses end in the last state", async () => {
  const stage = new Stage();
  await stage.outbound.handleJoined();
  void stage.outbound.set(fakeTrack());
  void stage.outbound.set(null);
  await stage.outbound.set(null);
  expect(stage.outbound.isOn).toBe(false);
  expect(stage.sender.attached.at(-1)).toBeNull();
  expect(["mute true", undefined]).toContain(stage.types.at(-1));
});

test("a screen that ends is unpublished", async () => {
  const stage = new Stage("screen_share");
  await stage.outbound.handleJoined();
  await stage.outbound.set(fakeTrack());
  await stage.outbound.set(null);
  expect(stage.types).toEqual(["publish_track", "unpublish_track"]);
});

test("a refused publish takes the track away again and says why", async () => {
  const stage = new Stage("screen_share");
  await stage.outbound.handleJoined();
  stage.failure = new EmporionError("screen_share.taken", "");
  await expect(stage.outbound.set(fakeTrack())).rejects.toMatchObject({
    code: "screen_share.taken",
  });
  expect(stage.outbound.isOn).toBe(false);
  expect(stage.sender.attached.at(-1)).toBeNull();
});

test("what the lost connection swallowed is said again when it is back", async () => {
  const stage = new Stage("microphone");
  await stage.outbound.handleJoined();
  await stage.outbound.set(fakeTrack());
  stage.failure = new EmporionError("connection.lost", "", true);
  await stage.outbound.set(null);
  stage.failure = null;
  await stage.outbound.handleResumed(new Track(track("TR_9", { source: "microphone" })));
  expect(stage.types).toEqual(["publish_track", "mute true", "mute true"]);
});

test("a host's mute stops the sending; the owner may speak again", async () => {
  const stage = new Stage("microphone");
  await stage.outbound.handleJoined();
  await stage.outbound.set(fakeTrack());
  await stage.outbound.handleMuteRequested();
  expect(stage.outbound.isOn).toBe(false);
  expect(stage.sender.attached.at(-1)).toBeNull();
  await stage.outbound.set(fakeTrack());
  expect(stage.types).toEqual(["publish_track", "mute false"]);
});

test("encodings that nobody watches rest, but never the lowest", async () => {
  const stage = new Stage();
  await stage.outbound.handleJoined();
  await stage.outbound.set(fakeTrack());
  await stage.outbound.handleEncodingsWanted(["m"]);
  expect(stage.sender.active).toBe("lm");
  await stage.outbound.handleEncodingsWanted([]);
  expect(stage.sender.active).toBe("l");
  await stage.outbound.handleEncodingsWanted(["l", "m", "h"]);
  expect(stage.sender.active).toBe("lmh");
});

test("a screen of text gives up pictures, one with motion gives up sharpness", async () => {
  const { outbound, sender } = new Stage("screen_share");
  sender.encodings = [{ rid: "l" }, { rid: "h" }];
  await outbound.suit("motion");
  expect(sender.encodings.map((encoding) => encoding.maxFramerate)).toEqual([15, 30]);
  await outbound.suit("text");
  expect(sender.encodings.map((encoding) => encoding.maxFramerate)).toEqual([5, 15]);
});

test("a stream that holds all its layers is announced with its mode", async () => {
  const stage = new Stage();
  const layered = { active: true, scalabilityMode: "L3T3_KEY" };
  stage.sender.encodings = [layered];
  await stage.outbound.handleJoined();
  await stage.outbound.set(fakeTrack());
  expect(stage.sent[0]).toMatchObject({ type: "publish_track", scalability_mode: "L3T3_KEY" });
});

test("layers that nobody watches are not sent, and what is left keeps its size", async () => {
  const stage = new Stage();
  stage.sender.encodings = [SVC_ENCODING];
  await stage.outbound.handleJoined();
  await stage.outbound.set(fakeTrack());
  const sent = async (layers: number): Promise<unknown> => {
    await stage.outbound.handleEncodingsWanted([], layers);
    const [only] = stage.sender.encodings as (typeof SVC_ENCODING)[];
    return [only?.scalabilityMode, only?.scaleResolutionDownBy, only?.maxBitrate];
  };
  expect(await sent(1)).toEqual(["L1T3", 4, 150_000]);
  expect(await sent(2)).toEqual(["L2T3_KEY", 2, 500_000]);
  expect(await sent(7)).toEqual(["L3T3_KEY", 1, 1_700_000]);
});

test("a stream that sends fewer layers now is announced again with all that it may send", async () => {
  const stage = new Stage("screen_share");
  stage.sender.encodings = [SVC_ENCODING];
  await stage.outbound.handleJoined();
  await stage.outbound.set(fakeTrack());
  await stage.outbound.handleEncodingsWanted([], 1);
  await stage.outbound.set(null);
  await stage.outbound.set(fakeTrack());
  expect(stage.types).toEqual(["publish_track", "unpublish_track", "publish_track"]);
  expect(stage.sent[2]).toMatchObject({ scalability_mode: "L3T3_KEY" });
});

test("what several encodings say of their layers is their own affair", async () => {
  const stage = new Stage();
  for (const encoding of stage.sender.encodings) Object.assign(encoding, { scalabilityMode: "L1T3" });
  await stage.outbound.handleJoined();
  await stage.outbound.set(fakeTrack());
  expect(stage.sent[0]).not.toHaveProperty("scalability_mode");
});
