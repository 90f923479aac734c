import { fieldsOf, participantOf, textOf, trackOf } from "./entry_bodies";
import type { Grants } from "./grants";
import { NO_GRANTS } from "./grants";
import { Participant } from "./participant";
import type { EntryInfo, Grants as GrantsInfo, ParticipantId, ParticipantInfo, Source, TrackId, Welcome } from "./protocol";
import { Track } from "./track";

/** Who is in the room and what they publish: a fold over the room's entries. */
export class Roster {
  readonly #participants = new Map<ParticipantId, Participant>();
  readonly #tracks = new Map<TrackId, Track>();
  #inOrder: readonly Participant[] | null = null;
  #roleGrants: Welcome["role_grants"] = {};

  /** In the order of their coming; of ten thousand it is put in order once for each change. */
  get participants(): readonly Participant[] {
    this.#inOrder ??= [...this.#participants.values()].sort((a, b) => a.joinedAtUs - b.joinedAtUs);
    return this.#inOrder;
  }

  get tracks(): Track[] {
    return [...this.#tracks.values()];
  }

  participant(id: ParticipantId): Participant | undefined {
    return this.#participants.get(id);
  }

  track(id: TrackId): Track | undefined {
    return this.#tracks.get(id);
  }

  trackOf(participantId: ParticipantId, source: Source): Track | undefined {
    return this.tracks.find(
      (track) => track.participantId === participantId && track.source === source,
    );
  }

  /** What somebody may do now. */
  grantsOf(id: ParticipantId): Grants {
    return this.#participants.get(id)?.grants ?? NO_GRANTS;
  }

  setGrants(id: ParticipantId, grants: GrantsInfo): void {
    const participant = this.#participants.get(id);
    if (participant !== undefined) this.#put(participant.withGrants(grants));
  }

  load(welcome: Welcome): void {
    this.#roleGrants = welcome.role_grants;
    this.#participants.clear();
    this.#inOrder = null;
    this.#tracks.clear();
    for (const info of welcome.participants) {
      this.#add(info);
    }
    for (const info of welcome.tracks) this.#tracks.set(info.track_id, new Track(info));
  }

  /** Applying an entry twice changes nothing. */
  apply(entry: EntryInfo): void {
    switch (entry.kind) {
      case "room.participant_joined":
        return this.#addParticipant(entry);
      case "room.participant_left":
        return this.#removeParticipant(subjectOf(entry));
      case "room.participant_disconnected":
        return this.#setConnected(subjectOf(entry), false);
      case "room.participant_reconnected":
        return this.#setConnected(subjectOf(entry), true);
      case "room.track_published":
        return this.#addTrack(entry);
      case "room.track_unpublished":
        this.#tracks.delete(textOf(fieldsOf(entry.body)["track_id"]) ?? "");
        return;
      case "room.track_muted":
        return this.#setMuted(entry);
      case "room.grants_changed":
        return this.#changeGrants(entry);
    }
  }

  #addParticipant(entry: EntryInfo): void {
    const info = participantOf(entry.body);
    if (info !== null) this.#add(info);
  }

  #removeParticipant(id: ParticipantId): void {
    this.#participants.delete(id);
    this.#inOrder = null;
    for (const track of this.tracks) {
      if (track.participantId === id) this.#tracks.delete(track.id);
    }
  }

  #setConnected(id: ParticipantId, connected: boolean): void {
    const participant = this.#participants.get(id);
    if (participant !== undefined) this.#put(participant.withConnected(connected));
  }

  #addTrack(entry: EntryInfo): void {
    const info = trackOf(entry.body);
    if (info === null) return;
    this.#tracks.set(info.track_id, new Track({ ...info, published_seq: entry.seq }));
  }

  #changeGrants(entry: EntryInfo): void {
    const { participant_id, changes } = fieldsOf(entry.body);
    const participant = this.#participants.get(textOf(participant_id) ?? "");
    if (participant !== undefined) this.#put(participant.withChangedGrants(changes));
  }

  #add(info: ParticipantInfo): void {
    const usual = this.#roleGrants[info.role] ?? null;
    this.#put(new Participant(info, usual));
  }

  #put(participant: Participant): void {
    this.#participants.set(participant.id, participant);
    this.#inOrder = null;
  }

  #setMuted(entry: EntryInfo): void {
    const body = fieldsOf(entry.body);
    const track = this.#tracks.get(textOf(body["track_id"]) ?? "");
    if (track !== undefined) this.#tracks.set(track.id, track.withMuted(body["muted"] === true));
  }
}

/** Whom an entry is about; one's own entries may name nobody but their author. */
function subjectOf(entry: EntryInfo): ParticipantId {
  return textOf(fieldsOf(entry.body)["participant_id"]) ?? entry.author ?? "";
}
