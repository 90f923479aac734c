/** Tells listeners of changes, once for all that happen together. */
export class ChangeListeners {
  readonly #listeners = new Set<() => void>();
  #isScheduled = false;

  /** Returns how to stop it. */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  notify(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
