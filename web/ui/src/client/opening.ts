import type { EntryOrder } from "./entry_order";
import { LOCAL_CODES } from "./errors";
import type { Hello, MediaOffer, Prepare, RequestFailed, Resume } from "./protocol";
import { PROTOCOL_VERSION } from "./protocol";
import type { SessionPhase } from "./session_output";

export interface PrepareDetails {
  readonly token: string;
  readonly media: MediaOffer | null;
  readonly device_id: string | null;
}

export interface JoinDetails extends PrepareDetails {
  readonly name: string | null;
}

/** Why a session ends, and whether coming back may help. */
export interface Ending {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export const LEFT: Ending = { code: LOCAL_CODES.left, message: "Left.", retryable: false };

/** A server that stops is back soon; of a stay that has not begun nothing would be lost. */
export function isFinal(ending: Ending, phase: SessionPhase): boolean {
  return phase !== "prepared" && !(phase === "waiting" && ending.retryable);
}

/** How a session opens its connections, and how the server answers that. */
export class Opening {
  preparing: PrepareDetails | null = null;
  join: JoinDetails | null = null;
  windowMs = 0;
  #ref = 0;
  #prepareRef: number | null = null; // The server has the offer, on this connection only.
  #resumeToken = "";
  #refusal: RequestFailed | null = null;

  /** One may join now: nothing was begun, or what was begun lacks an offer. */
  isDue(phase: SessionPhase): boolean {
    return phase === "idle" || phase === "prepared" || (phase === "joining" && this.join === null);
  }

  /** The first message on a connection; null: there is nothing to open. */
  message(phase: SessionPhase, ref: number, entries: EntryOrder): Hello | Prepare | Resume | null {
    if (phase === "prepared") return this.#prepare(ref);
    this.#ref = ref;
    const version = { ref, protocol_version: PROTOCOL_VERSION };
    if (phase === "reconnecting") {
      const seen = { last_seq: entries.lastSeq, room_id: entries.roomId };
      return { type: "resume", ...version, resume_token: this.#resumeToken, ...seen };
    }
    if (this.join === null) return null;
    const media = this.#prepareRef === null ? {} : { media: null, is_prepared: true };
    return { type: "hello", ...version, ...this.join, ...media };
  }

  isPreparedBy(ref: number): boolean {
    return ref === this.#prepareRef;
  }

  /** The server did not take the offer: it is as good as before, for the hello. */
  refusePrepared(): void {
    this.#prepareRef = null;
  }

  /** The connection is gone. Returns true if the offer went with it: a join needs a new one. */
  losePrepared(): boolean {
    if (this.#prepareRef === null) return false;
    this.#prepareRef = this.join = null;
    return true;
  }

  isAnsweredBy(ref: number): boolean {
    return ref === this.#ref;
  }

  /** A full mailbox or a starting server passes: this is said only if none other comes. */
  refuse(refusal: RequestFailed): void {
    this.#refusal = refusal;
  }

  accept(resumeToken: string | null): void {
    this.#refusal = this.#prepareRef = null;
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

  /** Has the media opened ahead of the join, if there is any. */
  #prepare(ref: number): Prepare | null {
    if (this.preparing === null || this.preparing.media === null) return null;
    this.#prepareRef = ref;
    const { token, media, device_id } = this.preparing;
    return { type: "prepare", ref, protocol_version: PROTOCOL_VERSION, token, media, device_id };
  }
}
