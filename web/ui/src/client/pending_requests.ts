/** Requests that wait for their answer, each with a deadline. */
export class PendingRequests {
  readonly #deadlines = new Map<number, number>();

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
