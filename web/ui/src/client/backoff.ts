/** Waiting times between attempts to connect: doubling, bounded, with full jitter above a floor. */
export class Backoff {
  #attempts = 0;
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #random: () => number;

  constructor(options: { firstMs: number; longestMs: number; random: () => number }) {
    this.#firstMs = options.firstMs;
    this.#longestMs = options.longestMs;
    this.#random = options.random;
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** The next wait. Jitter keeps a full room from coming back in the same millisecond. */
  nextMs(): number {
    const ceiling = Math.min(this.#longestMs, this.#firstMs * 2 ** this.#attempts);
    this.#attempts += 1;
    return ceiling / 2 + (ceiling / 2) * this.#random();
  }

  reset(): void {
    this.#attempts = 0;
  }
}
