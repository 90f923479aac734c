/** The m-lines of the one offer: what is sent, then the receive slots (three of audio first). */

import type { Source } from "./protocol";
import type { ScalableEncoding } from "./scalable_encoding";
import { SVC_ENCODING } from "./scalable_encoding";

export const AUDIO_SLOTS = 3;

/** Lowest encoding first: with a small picture Chromium sends only the first ones of the list. */
export const CAMERA_ENCODINGS: readonly RTCRtpEncodingParameters[] = [
  { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];

/**
 * How a camera is sent: as one stream for each size, or as one whose layers build on each other (SVC).
 *
 * SVC takes less of the uplink and more of the processor, and whoever watches must know VP9.
 */
export type CameraMode = "simulcast" | "svc";

/**
 * What pictures are sent in. For a shared page AV1 takes a quarter less bits and half as much again of
 * the encoder's time; whoever watches must know it.
 */
export type PictureCodec = "vp8" | "av1";

/** How one sends; all of it is in the offer, so it is chosen before the join. */
export interface Sending {
  readonly camera: CameraMode;
  readonly codec: PictureCodec;
}

export const USUAL: Sending = { camera: "simulcast", codec: "vp8" };

/** A screen gives up frames before sharpness: the low encoding is for thin lines, the high one is the text itself. */
export const SCREEN_ENCODINGS: readonly RTCRtpEncodingParameters[] = [
  { rid: "l", scaleResolutionDownBy: 2, maxBitrate: 400_000, maxFramerate: 5 },
  { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 2_500_000, maxFramerate: 15 },
];

/** Browsers give VP8 its temporal layers unasked, and AV1 none. */
const TEMPORAL: Readonly<Record<PictureCodec, ScalableEncoding>> = {
  vp8: {},
  av1: { scalabilityMode: "L1T3" },
};

const KEPT_EXTENSIONS: ReadonlySet<string> = new Set([
  "urn:ietf:params:rtp-hdrext:sdes:mid",
  "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
  "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
]);

/** Chromium's way to offer fewer header extensions; not yet in TypeScript's DOM types, nor in Firefox. */
interface ExtensionNegotiation {
  getHeaderExtensionsToNegotiate(): { uri: string; direction: RTCRtpTransceiverDirection }[];
  setHeaderExtensionsToNegotiate(extensions: readonly { uri: string; direction: string }[]): void;
}

export interface Lines {
  readonly sending: ReadonlyMap<Source, RTCRtpTransceiver>;
  readonly slots: readonly RTCRtpTransceiver[];
}

export function addLines(
  connection: RTCPeerConnection,
  videoSlots: number,
  { camera, codec }: Sending,
): Lines {
  const direction = "sendonly";
  const sendVoice = (): RTCRtpTransceiver => connection.addTransceiver("audio", { direction });
  const sendPictures = (encodings: readonly ScalableEncoding[]): RTCRtpTransceiver =>
    connection.addTransceiver("video", {
      direction,
      sendEncodings: encodings.map((encoding) => ({ ...TEMPORAL[codec], ...encoding })),
    });
  const sending = new Map<Source, RTCRtpTransceiver>([
    ["microphone", sendVoice()],
    ["camera", sendPictures(camera === "svc" ? [SVC_ENCODING] : CAMERA_ENCODINGS)],
    ["screen_share", sendPictures(SCREEN_ENCODINGS)],
    ["screen_share_audio", sendVoice()],
  ]);
  const kinds = [
    ...Array<string>(AUDIO_SLOTS).fill("audio"),
    ...Array<string>(videoSlots).fill("video"),
  ];
  const slots = kinds.map((kind) => connection.addTransceiver(kind, { direction: "recvonly" }));
  for (const [source, transceiver] of sending)
    trim(transceiver, source === "camera" && camera === "svc" ? "vp9" : codec);
  for (const transceiver of slots) trim(transceiver, "vp8");
  return { sending, slots };
}

/** Fewer codecs and extensions: a third of the text, and a server that has less to read at every join. */
function trim(transceiver: RTCRtpTransceiver, first: PictureCodec | "vp9"): void {
  const kind = transceiver.receiver.track.kind;
  const side = transceiver.direction === "sendonly" ? RTCRtpSender : RTCRtpReceiver;
  const codecs = side.getCapabilities(kind)?.codecs ?? [];
  const preferred = kind === "audio" ? codecs.filter(isVoice) : preferredVideo(codecs, first);
  try {
    if (preferred.length > 0) transceiver.setCodecPreferences(preferred);
    if (canNegotiateExtensions(transceiver)) keepFewExtensions(transceiver);
  } catch {
    // The untrimmed offer is as good, only longer.
  }
}

/** VP8 first, unless another is asked for: every browser has it, and the publisher's codec has to suit all viewers. */
function preferredVideo(
  codecs: readonly RTCRtpCodec[],
  first: PictureCodec | "vp9",
): RTCRtpCodec[] {
  const named = (name: string): RTCRtpCodec[] =>
    codecs.filter((codec) => codec.mimeType.toLowerCase() === `video/${name}`);
  const h264 = named("h264").filter(
    (codec) =>
      /packetization-mode=1/.test(codec.sdpFmtpLine ?? "") &&
      /profile-level-id=42e0/i.test(codec.sdpFmtpLine ?? ""),
  );
  const vp9 = named("vp9").filter((codec) => !/profile-id=[1-9]/.test(codec.sdpFmtpLine ?? ""));
  const av1 = named("av1").filter((codec) => !/profile=[1-9]/.test(codec.sdpFmtpLine ?? ""));
  const usual = [...named("vp8"), ...h264, ...vp9, ...av1];
  const isAsked = (codec: RTCRtpCodec): boolean =>
    codec.mimeType.toLowerCase() === `video/${first}`;
  return [
    ...usual.filter(isAsked),
    ...usual.filter((codec) => !isAsked(codec)),
    ...named("rtx"),
  ];
}

/** Opus, and the form of it in which each packet repeats those before (RFC 2198), for lossy links. */
function isVoice(codec: RTCRtpCodec): boolean {
  return ["audio/opus", "audio/red"].includes(codec.mimeType.toLowerCase());
}

/** Whether the browser is one of those built on Chromium, told by what only they have. */
export function isChromium(): boolean {
  return "setHeaderExtensionsToNegotiate" in RTCRtpTransceiver.prototype;
}

function canNegotiateExtensions(
  transceiver: RTCRtpTransceiver,
): transceiver is RTCRtpTransceiver & ExtensionNegotiation {
  return "setHeaderExtensionsToNegotiate" in transceiver;
}

function keepFewExtensions(transceiver: ExtensionNegotiation): void {
  const extensions = transceiver.getHeaderExtensionsToNegotiate().map((extension) => ({
    uri: extension.uri,
    direction: KEPT_EXTENSIONS.has(extension.uri) ? extension.direction : "stopped",
  }));
  transceiver.setHeaderExtensionsToNegotiate(extensions);
}
