import type { ParticipantId, ParticipantInfo } from "./protocol";

export type Role = ParticipantInfo["role"];

/** One joined participant; a change makes a new object. */
export class Participant {
  readonly #info: ParticipantInfo;

  constructor(info: ParticipantInfo) {
    this.#info = info;
  }

  get id(): ParticipantId {
    return this.#info.participant_id;
  }

  get identity(): string {
    return this.#info.identity;
  }

  get name(): string {
    return this.#info.name || this.#info.identity;
  }

  get role(): Role {
    return this.#info.role;
  }

  get isHost(): boolean {
    return this.#info.role === "host";
  }

  get joinedAtUs(): number {
    return this.#info.joined_at_us;
  }

  /** False while the page is away and the server keeps the place. */
  get isConnected(): boolean {
    return this.#info.connected;
  }

  withConnected(connected: boolean): Participant {
    return new Participant({ ...this.#info, connected });
  }
}
