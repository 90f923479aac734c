import type { Hello, MediaOffer, Resume } from "./protocol";
import { PROTOCOL_VERSION } from "./protocol";

export interface JoinDetails {
  readonly token: string;
  readonly name: string | null;
  readonly media: MediaOffer | null;
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
