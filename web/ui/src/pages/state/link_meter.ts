import { signal } from "@preact/signals";

import type { LinkQuality, Room } from "../../client";

const MEASURE_EVERY_MS = 2_000;

/** How good the connection is, measured while anybody looks. */
export class LinkMeter {
  readonly quality = signal<LinkQuality | null>(null);
  #measuring: ReturnType<typeof setInterval> | undefined;

  start(room: Room): void {
    this.#measuring = setInterval(() => void this.#measure(room), MEASURE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#measuring);
    this.quality.value = null;
  }

  async #measure(room: Room): Promise<void> {
    if (document.hidden) return;
    const quality = await room.media.measure().catch(() => null);
    if (quality !== null) this.quality.value = quality;
  }
}
