/**
 * The time of the session as the server counts it, as far as a page can know: at each news of the
 * server its clock stood at least where the news says. The least delayed news is the best.
 */
export class SessionClock {
  /** Session time minus one's own, in microseconds. */
  #offsetUs = Number.NEGATIVE_INFINITY;

  /** A session begins for us, with what has just happened in it: our own joining. */
  start(atUs: number, nowMs: number): void {
    this.#offsetUs = atUs - nowMs * 1000;
  }

  /** Something happened at this time, and is known now. */
  hear(atUs: number, nowMs: number): void {
    this.#offsetUs = Math.max(this.#offsetUs, atUs - nowMs * 1000);
  }

  nowUs(nowMs: number): number {
    return Number.isFinite(this.#offsetUs) ? Math.max(0, this.#offsetUs + nowMs * 1000) : 0;
  }
}
