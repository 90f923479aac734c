import type { EntryInfo } from "./protocol";

/**
 * Lets every entry through once and in the order of `seq`, whatever way it comes.
 *
 * While the state it builds on is awaited (`welcome`, `resumed`), entries are held back.
 */
export class EntryOrder {
  #lastSeq = 0;
  #held: EntryInfo[] | null = [];

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** From now on entries wait for `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** The state is there, as of `seq`: returns the held entries above it, together with `entries`. */
  release(seq: number, entries: readonly EntryInfo[]): EntryInfo[] {
    const held = this.#held ?? [];
    this.#held = null;
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    return this.accept([...entries, ...held]);
  }

  /** The entries that are new, in order; gaps are lawful, since others' entries may not be for us. */
  accept(entries: readonly EntryInfo[]): EntryInfo[] {
    if (this.#held !== null) {
      this.#held.push(...entries);
      return [];
    }
    const fresh: EntryInfo[] = [];
    for (const entry of [...entries].sort((a, b) => a.seq - b.seq)) {
      if (entry.seq <= this.#lastSeq) continue;
      this.#lastSeq = entry.seq;
      fresh.push(entry);
    }
    return fresh;
  }
}
