import type { ClientRequest, EntryInfo, Moved } from "./protocol";

type Unaddressed<T> = T extends unknown ? Omit<T, "room_id"> : never;

/**
 * Lets every entry through once and in the order of `seq`, whatever way it comes.
 *
 * While the state it builds on is awaited (`welcome`, `resumed`), entries are held back. Each room has
 * a journal of its own: what counts is the seq in the one where one is.
 */
export class EntryOrder {
  #lastSeq = 0;
  #roomId: string | null = null;
  #held: EntryInfo[] | null = [];

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The room whose entries these are; null before the welcome. */
  get roomId(): string | null {
    return this.#roomId;
  }

  /** From now on entries wait for `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** One is in: returns the held entries above the welcome's seq. */
  begin(roomId: string, seq: number): EntryInfo[] {
    this.#roomId = roomId;
    return this.release(seq, []);
  }

  /** One was moved to another room: what comes from now on is of its journal. */
  enter(moved: Moved): Moved {
    this.#roomId = moved.room.room_id;
    this.#lastSeq = moved.seq;
    this.#held = null;
    return moved;
  }

  /** What is meant for the people in one room must not be read in another. */
  address(request: Unaddressed<ClientRequest>): ClientRequest {
    const isForRoom = request.type === "plugin_request" || request.type === "plugin_signal";
    return isForRoom ? { ...request, room_id: this.#roomId } : (request as ClientRequest);
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
