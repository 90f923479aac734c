import { EmporionError } from "./errors";
import type { ClientRequest, EntryInfo } from "./protocol";
import type { Reply, SessionOutput } from "./session_output";

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

  answer(reply: Reply): void {
    this.push({ kind: "answered", ref: reply.ref, reply });
  }

  entries(entries: readonly EntryInfo[]): void {
    if (entries.length > 0) this.push({ kind: "entries", entries });
  }

  /** The shell shows words of its own for these codes. */
  failAll(refs: readonly number[], code: string): void {
    for (const ref of refs) this.fail(ref, code, "There was no answer.");
  }

  fail(ref: number, code: string, message: string, retryable = true): void {
    this.push({ kind: "failed", ref, error: new EmporionError(code, message, retryable) });
  }
}
