import type { EntryOrder } from "./entry_order";
import { LOCAL_CODES } from "./errors";
import type { Hello, MediaOffer, RequestFailed, Resume } from "./protocol";
import { PROTOCOL_VERSION } from "./protocol";
import type { SessionPhase } from "./session_output";

export interface JoinDetails {
  readonly token: string;
  readonly name: string | null;
  readonly media: MediaOffer | null;
  readonly device_id: string | null;
}

/** Why a session ends, and whether coming back may help. */
export interface Ending {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export const LEFT: Ending = { code: LOCAL_CODES.left, message: "Left.", retryable: false };

/** How a session opens its connections, and how the server answers that. */
export class Opening {
  join: JoinDetails | null = null;
  windowMs = 0;
  #ref = 0;
  #resumeToken = "";
  #refusal: RequestFailed | null = null;

  /** The first message on a connection; null: there is nothing to open. */
  message(phase: SessionPhase, ref: number, entries: EntryOrder): Hello | Resume | null {
    this.#ref = ref;
    const version = { ref, protocol_version: PROTOCOL_VERSION };
    if (phase === "reconnecting") {
      const seen = { last_seq: entries.lastSeq, room_id: entries.roomId };
      return { type: "resume", ...version, resume_token: this.#resumeToken, ...seen };
    }
    return this.join === null ? null : { type: "hello", ...version, ...this.join };
  }

  isAnsweredBy(ref: number): boolean {
    return ref === this.#ref;
  }

  /** A full mailbox or a starting server passes: this is said only if none other comes. */
  refuse(refusal: RequestFailed): void {
    this.#refusal = refusal;
  }

  accept(resumeToken: string | null): void {
    this.#refusal = null;
    if (resumeToken !== null) this.#resumeToken = resumeToken;
  }

  /** Why a session ends that could not be opened in time; some day it may. */
  failure(phase: SessionPhase): Ending {
    if (this.#refusal !== null) return this.#refusal;
    const { resumeWindowOver, connectionFailed } = LOCAL_CODES;
    return phase === "reconnecting"
      ? { code: resumeWindowOver, message: "Away for too long.", retryable: true }
      : { code: connectionFailed, message: "The server does not answer.", retryable: true };
  }
}
