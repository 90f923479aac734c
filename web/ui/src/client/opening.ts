import { LOCAL_CODES } from "./errors";
import type { Hello, MediaOffer, Resume } from "./protocol";
import { PROTOCOL_VERSION } from "./protocol";
import type { SessionPhase } from "./session_output";

export interface JoinDetails {
  readonly token: string;
  readonly name: string | null;
  readonly media: MediaOffer | null;
  readonly device_id: string | null;
}

/** The first message on a connection that joins. */
export function helloMessage(ref: number, details: JoinDetails): Hello {
  return { type: "hello", ref, protocol_version: PROTOCOL_VERSION, ...details };
}

/** The first message on a connection that takes up a lost one. */
export function resumeMessage(ref: number, resumeToken: string, lastSeq: number): Resume {
  const resume = { resume_token: resumeToken, last_seq: lastSeq };
  return { type: "resume", ref, protocol_version: PROTOCOL_VERSION, ...resume };
}

/** Why a session ends that was given no answer at all. */
export function silence(phase: SessionPhase): { code: string; message: string } {
  return phase === "joining"
    ? { code: LOCAL_CODES.connectionFailed, message: "The server does not answer." }
    : { code: LOCAL_CODES.resumeWindowOver, message: "The connection was lost for too long." };
}
