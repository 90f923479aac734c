import type { Kind, ParticipantId, Source, TrackId, TrackInfo } from "./protocol";

/** One published track; a change makes a new object. */
export class Track {
  readonly #info: TrackInfo;

  constructor(info: TrackInfo) {
    this.#info = info;
  }

  get id(): TrackId {
    return this.#info.track_id;
  }

  get participantId(): ParticipantId {
    return this.#info.participant_id;
  }

  get source(): Source {
    return this.#info.source;
  }

  get kind(): Kind {
    return this.source === "camera" || this.source === "screen_share" ? "video" : "audio";
  }

  get isMuted(): boolean {
    return this.#info.muted;
  }

  get widthPx(): number {
    return this.#info.width_px;
  }

  /** Of the entry that published it: tells what was begun later. */
  get publishedSeq(): number {
    return this.#info.published_seq;
  }

  get heightPx(): number {
    return this.#info.height_px;
  }

  withMuted(muted: boolean): Track {
    return new Track({ ...this.#info, muted });
  }
}
