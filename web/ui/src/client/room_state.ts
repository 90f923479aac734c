import type { DoorWait } from "./door";
import { waitOf } from "./door";
import { fieldsOf, textOf } from "./entry_bodies";
import type { Grants } from "./grants";
import type { PluginLink } from "./plugin_state";
import { PluginStates } from "./plugin_states";
import type {
  CanPublishChanged,
  EntryInfo,
  Grants as GrantsInfo,
  LinkChanged,
  LinksChanged,
  Moved,
  ParticipantId,
  PluginSignalled,
  PluginSummary,
  RemovedPerson,
  Resumed,
  Source,
  SpeakersChanged,
  Waiting,
  Welcome,
} from "./protocol";
import { withEntry } from "./removed_people";
import { Roster } from "./roster";
import { SessionClock } from "./session_clock";
import type { Track } from "./track";

/** Pushes that tell of the room; the others are about one's own media. */
export type StatePush =
  | SpeakersChanged
  | CanPublishChanged
  | LinkChanged
  | LinksChanged
  | PluginSummary
  | PluginSignalled;

/** What is known of the room, from the welcome on: a fold over what the server says. */
export class RoomState {
  readonly roster = new Roster();
  readonly plugins: PluginStates;
  readonly clock = new SessionClock();
  wait: DoorWait | null = null;
  speakers: readonly ParticipantId[] = [];
  link: LinkChanged | null = null;
  removed: readonly RemovedPerson[] = [];
  links: Readonly<Record<ParticipantId, string>> = {};
  readonly #changed: () => void;
  #welcome: Welcome | null = null;
  #canPublish: readonly string[] | null = null;

  constructor(link: PluginLink) {
    this.#changed = link.changed;
    this.plugins = new PluginStates(link);
  }

  get welcome(): Welcome | null {
    return this.#welcome;
  }

  get participantId(): ParticipantId | null {
    return this.#welcome?.participant_id ?? null;
  }

  get grants(): Grants {
    return this.roster.grantsOf(this.participantId ?? "");
  }

  /** What the server has of one's own of a source. */
  ownTrack(source: Source): Track | undefined {
    return this.roster.trackOf(this.participantId ?? "", source);
  }

  canPublish(source: Source): boolean {
    return this.#canPublish?.includes(source) ?? true;
  }

  handleWaiting(waiting: Waiting, nowMs: number): void {
    this.wait = waitOf(waiting, this.wait, nowMs);
    this.#changed();
  }

  handleWelcome(welcome: Welcome, nowMs: number): void {
    this.#welcome = welcome;
    this.#canPublish = welcome.can_publish;
    this.roster.load(welcome);
    this.removed = welcome.removed;
    this.clock.start(this.roster.participant(welcome.participant_id)?.joinedAtUs ?? 0, nowMs);
    this.plugins.load(welcome);
  }

  /** Another room: its people, plugins and clock stand for those of the one that was left. */
  handleMoved(moved: Moved, nowMs: number): void {
    if (this.#welcome === null) return;
    const { room, seq, participants, tracks, plugins, can_publish, plugin_infos, removed } = moved;
    const there = { room, seq, participants, tracks, plugins, can_publish, plugin_infos, removed };
    this.speakers = [];
    this.handleWelcome({ ...this.#welcome, ...there }, nowMs);
  }

  handleResumed(resumed: Resumed): void {
    if (resumed.grants !== null) this.#changeRights(resumed.can_publish, resumed.grants);
  }

  /** Returns whether something has changed that is to be drawn again. */
  handlePush(push: StatePush): boolean {
    switch (push.type) {
      case "speakers_changed":
        this.speakers = push.participant_ids;
        return true;
      case "link_changed":
        this.link = push;
        return true;
      case "links_changed":
        this.links = push.levels;
        return true;
      case "can_publish_changed":
        this.#changeRights(push.can_publish, push.grants);
        return true;
      case "plugin_summary":
        this.plugins.handleSummary(push);
        return true;
      case "plugin_signalled":
        return this.plugins.handleSignal(push);
    }
  }

  /** A host may change at any time what one may do. */
  #changeRights(canPublish: readonly string[], grants: GrantsInfo): void {
    this.#canPublish = canPublish;
    this.roster.setGrants(this.participantId ?? "", grants);
  }

  #changeScheduler(entry: EntryInfo): void {
    const scheduler = textOf(fieldsOf(entry.body)["scheduler"]);
    if (this.#welcome === null || scheduler === null) return;
    this.#welcome = { ...this.#welcome, room: { ...this.#welcome.room, scheduler } };
  }

  /** A group that one is in. */
  #rename(entry: EntryInfo): void {
    const name = textOf(fieldsOf(entry.body)["name"]);
    if (this.#welcome === null || name === null) return;
    this.#welcome = { ...this.#welcome, room: { ...this.#welcome.room, name } };
  }

  /** Returns whether the page is to be drawn again. */
  apply(entry: EntryInfo, nowMs: number): boolean {
    this.clock.hear(entry.at_us, nowMs);
    this.removed = withEntry(this.removed, entry, this.roster);
    this.roster.apply(entry);
    if (entry.kind === "room.scheduler_changed") this.#changeScheduler(entry);
    if (entry.kind === "room.renamed") this.#rename(entry);
    return this.plugins.apply(entry);
  }
}
