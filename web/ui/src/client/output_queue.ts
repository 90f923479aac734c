import { EmporionError } from "./errors";
import type { ClientRequest, EntryInfo } from "./protocol";
import type { SessionOutput } from "./session_output";

/** What the session machine has to say, in order, until its shell takes it. */
export class OutputQueue {
  readonly #outputs: SessionOutput[] = [];

  poll(): SessionOutput | null {
    return this.#outputs.shift() ?? null;
  }

  push(output: SessionOutput): void {
    this.#outputs.push(output);
  }

  send(message: ClientRequest): void {
    this.push({ kind: "send", message });
  }

  entries(entries: readonly EntryInfo[]): void {
    if (entries.length > 0) this.push({ kind: "entries", entries });
  }

  fail(ref: number, code: string, message: string, retryable = true): void {
    this.push({ kind: "failed", ref, error: new EmporionError(code, message, retryable) });
  }
}
