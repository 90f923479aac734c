/** Numbers the requests of a connection and knows which wait for their answer, until when. */
export class PendingRequests {
  #nextRef = 1;
  readonly #deadlines = new Map<number, number>();

  takeRef(): number {
    return this.#nextRef++;
  }

  add(ref: number, deadlineMs: number): void {
    this.#deadlines.set(ref, deadlineMs);
  }

  /** True if the ref was waiting; it no longer is. */
  settle(ref: number): boolean {
    return this.#deadlines.delete(ref);
  }

  nextDeadlineMs(): number | null {
    let earliest: number | null = null;
    for (const deadline of this.#deadlines.values()) {
      if (earliest === null || deadline < earliest) earliest = deadline;
    }
    return earliest;
  }

  takeOverdue(nowMs: number): number[] {
    return this.#take((deadline) => deadline <= nowMs);
  }

  takeAll(): number[] {
    return this.#take(() => true);
  }

  #take(matches: (deadlineMs: number) => boolean): number[] {
    const refs = [...this.#deadlines]
      .filter(([, deadline]) => matches(deadline))
      .map(([ref]) => ref);
    for (const ref of refs) this.#deadlines.delete(ref);
    return refs;
  }
}
