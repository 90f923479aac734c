import type { ParticipantId, RemovedPerson, TrackId } from "./protocol";
import type { Reply, RequestBody } from "./session_output";

/** What a host may do in the room itself; plugins have requests of their own. */
export class Hosting {
  readonly #request: (body: RequestBody) => Promise<Reply>;
  readonly #removed: () => readonly RemovedPerson[];

  constructor(
    request: (body: RequestBody) => Promise<Reply>,
    removed: () => readonly RemovedPerson[],
  ) {
    this.#request = request;
    this.#removed = removed;
  }

  /** Who was put out and may not come in by themselves, the latest last. */
  get removed(): readonly RemovedPerson[] {
    return this.#removed();
  }

  async muteTrack(trackId: TrackId): Promise<void> {
    await this.#request({ type: "mute_track", track_id: trackId, muted: true });
  }

  async removeParticipant(participantId: ParticipantId): Promise<void> {
    await this.#request({ type: "remove_participant", participant_id: participantId });
  }

  /** Somebody who was removed may join again. */
  async readmit(identity: string): Promise<void> {
    await this.#request({ type: "readmit_participant", identity });
  }

  /** For everybody: all are told goodbye. */
  async endSession(): Promise<void> {
    await this.#request({ type: "end_session" });
  }

  /** Which of the welcome's schedulers decides what picture each viewer gets. */
  async setScheduler(scheduler: string): Promise<void> {
    await this.#request({ type: "set_scheduler", scheduler });
  }
}
