/** Asks for the parts of a surface that are missing, one after the other. */

import type { DrawingPort } from "./easel";

const ASK_AGAIN_MS = 3_000;

export class Loading {
  readonly #port: DrawingPort;
  #asked: number | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(port: DrawingPort) {
    this.#port = port;
  }

  /** Call after each change. Returns whether something is still missing. */
  follow(): boolean {
    const surface = this.#port.drawing().surfaces.get(this.#port.surface);
    const after = surface?.loadedUntil ?? Infinity;
    if (after === Infinity) {
      this.close();
      return false;
    }
    if (after === this.#asked) return true;
    clearTimeout(this.#again);
    this.#asked = after;
    void this.#port.request({ type: "fetch", surface: this.#port.surface, after });
    // The answer is a signal, which may be lost.
    this.#again = setTimeout(() => {
      this.#asked = null;
      this.follow();
    }, ASK_AGAIN_MS);
    return true;
  }

  close(): void {
    clearTimeout(this.#again);
    this.#asked = null;
  }
}
