import type { LinkQuality } from "./quality";

/** Packets lost at this share are worth waiting for. */
const LOSSY_RATIO = 0.01;
/** Until a loss is seen and the packet comes again; and once more, for requests and repairs are lost as well. */
const ROUND_TRIPS = 2.5;
const MARGIN_MS = 60;
const MOST_MS = 400;
/** Losses come in bursts: so many readings without them end the wait. */
const CLEAN_READINGS = 10;

/** What of a receiver is used; browsers that lack it play as they think best. */
export interface Buffering {
  jitterBufferTarget?: number | null;
}

/**
 * How long pictures wait for packets that are sent again.
 *
 * Frames of higher temporal layers are needed by no other, so a browser shows the next frame rather
 * than wait for a repair: at 5 % loss and 80 ms round trip every seventh frame is left out. The
 * buffer is therefore made as long as a repair takes (W3C webrtc-extensions, `jitterBufferTarget`).
 */
export class RepairTime {
  #clean = CLEAN_READINGS;
  #targetMs: number | null = null;

  /** Takes in a reading, and sets the receivers if that changes anything. */
  follow(link: LinkQuality, receivers: readonly Buffering[]): void {
    const isLossy = link.inboundLostRatio >= LOSSY_RATIO;
    this.#clean = isLossy ? 0 : this.#clean + 1;
    const targetMs = this.#clean >= CLEAN_READINGS ? null : this.#wanted(link.roundTripMs, isLossy);
    if (targetMs === this.#targetMs) return;
    this.#targetMs = targetMs;
    for (const receiver of receivers) {
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = targetMs;
    }
  }

  #wanted(roundTripMs: number | null, isLossy: boolean): number | null {
    if (roundTripMs === null || !isLossy) return this.#targetMs;
    const wantedMs = Math.min(MOST_MS, Math.round(ROUND_TRIPS * roundTripMs) + MARGIN_MS);
    // A buffer that changes plays faster or slower for a while: small steps are not worth it.
    const isNear = this.#targetMs !== null && Math.abs(wantedMs - this.#targetMs) < MARGIN_MS;
    return isNear ? this.#targetMs : wantedMs;
  }
}
