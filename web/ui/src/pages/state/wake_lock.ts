/** Keeps the screen of a phone on while a room is shown; the browser lets go when the page is hidden. */
export class WakeLock {
  #lock: WakeLockSentinel | null = null;
  #isWanted = false;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (this.#isWanted && !document.hidden) void this.#request();
    });
  }

  hold(): void {
    this.#isWanted = true;
    void this.#request();
  }

  release(): void {
    this.#isWanted = false;
    void this.#lock?.release().catch(() => undefined);
    this.#lock = null;
  }

  async #request(): Promise<void> {
    if (!("wakeLock" in navigator)) return;
    // Refused on a low battery: then the screen dims as it always does.
    this.#lock = await navigator.wakeLock.request("screen").catch(() => null);
  }
}
