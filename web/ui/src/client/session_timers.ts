export const TIMES_MS = {
  join: 20_000,
  door: 600_000,
  connect: 8_000,
  request: 10_000,
  pingEvery: 10_000,
  pong: 6_000,
  quickPong: 3_000,
  leave: 2_000,
  firstRetry: 400,
  longestRetry: 5_000,
} as const;

/** When what of a session is due, in milliseconds of the shell's clock; null: not at all. */
export class SessionTimers {
  connectBefore: number | null = null;
  retryAt: number | null = null;
  giveUpAt: number | null = null;
  pingAt: number | null = null;
  leaveBefore: number | null = null;

  /** The earliest of all, and of `other`. */
  next(other: number | null): number | null {
    const set = [
      this.connectBefore,
      this.retryAt,
      this.giveUpAt,
      this.pingAt,
      this.leaveBefore,
      other,
    ].filter((deadline) => deadline !== null);
    return set.length === 0 ? null : Math.min(...set);
  }

  beginConnect(nowMs: number): void {
    this.retryAt = null;
    this.connectBefore = nowMs + TIMES_MS.connect;
  }

  stopAll(): void {
    this.connectBefore = this.retryAt = this.giveUpAt = this.pingAt = this.leaveBefore = null;
  }
}

export function isDue(deadlineMs: number | null, nowMs: number): boolean {
  return deadlineMs !== null && deadlineMs <= nowMs;
}
