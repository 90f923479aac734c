import type { MediaLink, Peer } from "../../client";

/**
 * One element for each receive slot, made ahead of the join and attached from then on.
 *
 * Elements are moved into tiles, never made anew: a fresh one would show nothing for some frames.
 */
export class SlotElements {
  readonly #media: MediaLink;
  readonly #parking: HTMLElement;
  readonly #videos = new Map<number, HTMLVideoElement>();
  readonly #audios: HTMLAudioElement[] = [];
  #peer: Peer | null = null;

  constructor(media: MediaLink) {
    this.#media = media;
    this.#parking = document.createElement("div");
    this.#parking.className = "parking";
    this.#parking.setAttribute("aria-hidden", "true");
    document.body.append(this.#parking);
  }

  /** Make the elements of the present connection; nothing if they stand. */
  attach(): void {
    const { peer } = this.#media;
    if (peer === null || peer === this.#peer || !this.#parking.isConnected) return;
    this.#detach();
    this.#peer = peer;
    for (const [slot, track] of peer.slotTracks.entries()) this.#add(slot, track);
  }

  video(slot: number): HTMLVideoElement | undefined {
    return this.#videos.get(slot);
  }

  /** Put a video that is in no tile where it goes on playing unseen. */
  park(video: HTMLVideoElement): void {
    this.#parking.append(video);
  }

  /** Browsers that let a page play nothing without a gesture get one more try at each. */
  resume(): void {
    for (const element of this.#all) {
      if (element.paused) void element.play().catch(() => undefined);
    }
  }

  setSpeaker(deviceId: string): void {
    for (const audio of this.#audios) {
      if ("setSinkId" in audio) void audio.setSinkId(deviceId).catch(() => undefined);
    }
  }

  close(): void {
    this.#detach();
    this.#parking.remove();
  }

  get #all(): readonly HTMLMediaElement[] {
    return [...this.#audios, ...this.#videos.values()];
  }

  #detach(): void {
    for (const element of this.#all) {
      element.srcObject = null;
      element.remove();
    }
    this.#videos.clear();
    this.#audios.length = 0;
  }

  #add(slot: number, track: MediaStreamTrack): void {
    const element = document.createElement(track.kind === "audio" ? "audio" : "video");
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    this.#parking.append(element);
    if (element instanceof HTMLVideoElement) {
      element.playsInline = true;
      element.muted = true;
      this.#videos.set(slot, element);
      followFrames(element, (rtpTimestamp) => this.#media.handleFrame(slot, rtpTimestamp));
    } else {
      this.#audios.push(element);
    }
    void element.play().catch(() => undefined);
  }
}

function followFrames(video: HTMLVideoElement, presented: (rtpTimestamp: number) => void): void {
  if (!("requestVideoFrameCallback" in video)) return;
  const follow = (_now: number, metadata: VideoFrameCallbackMetadata): void => {
    if (metadata.rtpTimestamp !== undefined) presented(metadata.rtpTimestamp);
    if (video.srcObject !== null) video.requestVideoFrameCallback(follow);
  };
  video.requestVideoFrameCallback(follow);
}
