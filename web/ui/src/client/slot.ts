import type { Kind, SlotInfo, SlotView, TrackId } from "./protocol";

const HALF_RANGE = 2 ** 31;

/**
 * One receive slot and what it shows.
 *
 * The server says which track a slot shows and from which RTP timestamp on; the element goes on showing
 * the old picture until that frame is presented, so the tile stays covered until then.
 */
export class Slot {
  readonly index: number;
  readonly kind: Kind;
  readonly #reportsFrames: boolean;
  #trackId: TrackId | null = null;
  #reason: string | null = null;
  #expected: number | "any" | null = null;
  #presented: number | null = null;
  #isShown = false;
  #hasPicture = false;

  /** `reportsFrames`: the browser can tell the RTP timestamp of presented frames. */
  constructor(info: SlotInfo, reportsFrames: boolean) {
    this.index = info.slot;
    this.kind = info.kind;
    this.#reportsFrames = reportsFrames;
  }

  get trackId(): TrackId | null {
    return this.#trackId;
  }

  /** The picture of `trackId` is on the element now. */
  get isShown(): boolean {
    return this.#isShown;
  }

  /** The element holds a picture of `trackId`, be it the last one before a pause. */
  get hasPicture(): boolean {
    return this.#hasPicture;
  }

  /** Why a wanted track is not shown, e.g. "bandwidth". */
  get reason(): string | null {
    return this.#reason;
  }

  handleView(view: SlotView): void {
    this.#reason = view.reason;
    // Kept for its track, but nothing is sent: the last picture would pass for a live one.
    if (view.track_id !== this.#trackId) this.#hasPicture = false;
    const isPaused = view.rtp_timestamp === null && view.reason !== null;
    if (view.track_id !== this.#trackId || isPaused) {
      this.#trackId = view.track_id;
      this.#isShown = false;
      this.#expected = null;
    }
    if (this.#isShown) return;
    this.#expected = view.rtp_timestamp ?? this.#expected;
    this.#uncoverIfPresented();
  }

  /** The track was muted: its last picture must not be shown again, only what comes from now on. */
  expectFreshFrame(): void {
    if (this.#trackId === null) return;
    this.#isShown = this.#hasPicture = false;
    this.#expected = "any";
    this.#presented = null;
  }

  /** A frame is on the element. Returns true if this uncovered the slot. */
  handleFrame(rtpTimestamp: number): boolean {
    this.#presented = rtpTimestamp;
    return this.#uncoverIfPresented();
  }

  #uncoverIfPresented(): boolean {
    if (this.#isShown || this.#trackId === null || this.#expected === null) return false;
    if (this.#reportsFrames && !this.#isPresented(this.#expected)) return false;
    this.#isShown = this.#hasPicture = true;
    return true;
  }

  #isPresented(expected: number | "any"): boolean {
    if (this.#presented === null) return false;
    if (expected === "any") return true;
    return (this.#presented - expected + 2 * HALF_RANGE) % (2 * HALF_RANGE) < HALF_RANGE;
  }
}
