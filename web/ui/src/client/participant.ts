import type { Grants } from "./grants";
import { changedGrants, grantsOf, NO_GRANTS } from "./grants";
import type { Grants as GrantsInfo, ParticipantId, ParticipantInfo } from "./protocol";

export type Role = ParticipantInfo["role"];

/** One joined participant; a change makes a new object. */
export class Participant {
  readonly #info: ParticipantInfo;
  readonly #usual: GrantsInfo | null;

  /** `usual`: what the role may do; of others only a host is told what differs from that. */
  constructor(info: ParticipantInfo, usual: GrantsInfo | null = null) {
    this.#info = info;
    this.#usual = usual;
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

  /** What this participant may do now. */
  get grants(): Grants {
    const info = this.#info.grants ?? this.#usual;
    return info === null ? NO_GRANTS : grantsOf(info);
  }

  withGrants(grants: GrantsInfo): Participant {
    return new Participant({ ...this.#info, grants }, this.#usual);
  }

  /** `changes`: grants by name; null: the role's again. */
  withChangedGrants(changes: unknown): Participant {
    const now = this.#info.grants ?? this.#usual;
    return now === null ? this : this.withGrants(changedGrants(now, changes, this.#usual ?? now));
  }

  withConnected(connected: boolean): Participant {
    return new Participant({ ...this.#info, connected }, this.#usual);
  }
}
