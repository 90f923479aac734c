import type { Room, Slot } from "../../client";

/**
 * One element for each receive slot, attached from the first moment on.
 *
 * Elements are moved into tiles, never made anew: a fresh one would show nothing for some frames.
 */
export class SlotElements {
  readonly #parking: HTMLElement;
  readonly #videos = new Map<number, HTMLVideoElement>();
  readonly #audios: HTMLAudioElement[] = [];

  constructor(room: Room) {
    this.#parking = document.createElement("div");
    this.#parking.className = "parking";
    this.#parking.setAttribute("aria-hidden", "true");
    document.body.append(this.#parking);
    for (const slot of room.media.slots) {
      const track = room.media.peer?.slotTrack(slot.index);
      if (track !== undefined) this.#attach(room, slot, track);
    }
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
    for (const element of [...this.#audios, ...this.#videos.values()]) {
      if (element.paused) void element.play().catch(() => undefined);
    }
  }

  setSpeaker(deviceId: string): void {
    for (const audio of this.#audios) {
      if ("setSinkId" in audio) void audio.setSinkId(deviceId).catch(() => undefined);
    }
  }

  close(): void {
    for (const element of [...this.#audios, ...this.#videos.values()]) element.srcObject = null;
    this.#parking.remove();
  }

  #attach(room: Room, slot: Slot, track: MediaStreamTrack): void {
    const element = document.createElement(slot.kind);
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    this.#parking.append(element);
    if (element instanceof HTMLVideoElement) {
      element.playsInline = true;
      element.muted = true;
      this.#videos.set(slot.index, element);
      followFrames(element, (rtpTimestamp) => room.media.handleFrame(slot, rtpTimestamp));
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
