import { ChangeListeners } from "./change_listeners";
import { Chat } from "./chat";
import { Connection } from "./connection";
import { fieldsOf, textOf } from "./entry_bodies";
import type { EmporionError } from "./errors";
import { MediaLink } from "./media_link";
import type { OutboundTrack } from "./outbound_track";
import type { Participant } from "./participant";
import type { MediaState } from "./path_repair";
import type {
  EntryInfo,
  ParticipantId,
  Resumed,
  RoomInfo,
  Source,
  Tile,
  TrackId,
  Welcome,
} from "./protocol";
import { Roster } from "./roster";
import type { LivePush, Reply, RequestBody, SessionPhase } from "./session_output";

export interface RoomOptions {
  readonly url: string;
  readonly token: string;
  /** How many pictures of others are received at once; the room's template gives it. */
  readonly videoSlots: number;
  /** Secret and random; a page that comes back with the same one takes its own place again. */
  readonly deviceId: string | null;
}

/** Something to tell the person at once, beyond what the room's state shows. */
export type RoomNotice = "microphone_muted_by_host" | "camera_muted_by_host" | "reconnected";

/** A room as one of its participants has it: the door through which pages see and do everything. */
export class Room {
  readonly roster = new Roster();
  readonly chat: Chat;
  readonly media: MediaLink;
  readonly #options: RoomOptions;
  readonly #connection: Connection;
  readonly #changes = new ChangeListeners();
  readonly #noticeListeners = new Set<(notice: RoomNotice) => void>();
  #welcome: Welcome | null = null;
  #speakers: readonly ParticipantId[] = [];
  #ended: EmporionError | null = null;
  #view: { tiles: readonly Tile[]; hidden: boolean } | null = null;

  constructor(options: RoomOptions) {
    this.#options = options;
    const request = (body: RequestBody): Promise<Reply> => this.#connection.request(body);
    const changed = (): void => this.#notify();
    this.chat = new Chat(
      (body) => request({ type: "plugin_request", plugin: "chat", body }),
      changed,
    );
    this.media = new MediaLink({ videoSlots: options.videoSlots, request, changed });
    this.#connection = new Connection(options.url, {
      phaseChanged: changed,
      welcomed: (welcome) => this.#handleWelcome(welcome),
      resumed: (resumed) => this.#handleResumed(resumed),
      entries: (entries) => this.#applyEntries(entries),
      pushed: (push) => this.#handlePush(push),
      ended: (error) => this.#handleEnded(error),
    });
  }

  get phase(): SessionPhase {
    return this.#connection.phase;
  }

  get info(): RoomInfo | null {
    return this.#welcome?.room ?? null;
  }

  get participantId(): ParticipantId | null {
    return this.#welcome?.participant_id ?? null;
  }

  get self(): Participant | undefined {
    return this.roster.participant(this.participantId ?? "");
  }

  /** Who is heard now, loudest first. */
  get speakers(): readonly ParticipantId[] {
    return this.#speakers;
  }

  get mediaState(): MediaState {
    return this.media.state;
  }

  /** Why the session is over; null while it is not. */
  get ended(): EmporionError | null {
    return this.#ended;
  }

  /** When a lost connection is given up, on the clock of `performance.now()`. */
  get giveUpAtMs(): number | null {
    return this.#connection.giveUpAtMs;
  }

  canPublish(source: Source): boolean {
    return this.#welcome?.can_publish.includes(source) ?? true;
  }

  outbound(source: Source): OutboundTrack | undefined {
    return this.media.outbound(source);
  }

  /** Calls back after changes, once for all that happen together. Returns how to stop it. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  onNotice(listener: (notice: RoomNotice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  /** Opens the socket ahead of the join; the server closes it again if no join follows soon. */
  prepareSocket(): void {
    this.#connection.prepare();
  }

  async join(name: string | null): Promise<void> {
    await this.media.prepare();
    const { token, deviceId } = this.#options;
    this.#connection.join({ token, device_id: deviceId, name, media: this.media.offer });
  }

  leave(): void {
    this.#connection.leave();
  }

  /** The device has come back from sleep, or its network has changed. */
  wake(networkChanged: boolean): void {
    this.#connection.wake();
    if (networkChanged) this.media.renew();
  }

  loseSocket(): void {
    this.#connection.loseSocket();
  }

  /** What the page wants to see, most important first. */
  setView(tiles: readonly Tile[], hidden: boolean): void {
    this.#view = { tiles, hidden };
    this.#sendView();
  }

  async muteTrack(trackId: TrackId): Promise<void> {
    await this.#connection.request({ type: "mute_track", track_id: trackId, muted: true });
  }

  async removeParticipant(participantId: ParticipantId): Promise<void> {
    await this.#connection.request({ type: "remove_participant", participant_id: participantId });
  }

  #handleWelcome(welcome: Welcome): void {
    this.#welcome = welcome;
    this.roster.load(welcome);
    this.chat.load(welcome.plugins["chat"]);
    void this.media.handleWelcome(welcome);
    this.#sendView();
    this.#notify();
  }

  #handleResumed(resumed: Resumed): void {
    this.media.handleSlotViews(resumed.slot_views);
    for (const source of ["microphone", "camera", "screen_share", "screen_share_audio"] as const) {
      const onServer = this.roster.trackOf(this.participantId ?? "", source);
      void this.outbound(source)?.handleResumed(onServer).catch(() => this.#notify());
    }
    this.#sendView();
    this.#tell("reconnected");
    this.#notify();
  }

  #applyEntries(entries: readonly EntryInfo[]): void {
    for (const entry of entries) {
      const muted = new Set(
        this.roster.tracks.filter((track) => track.isMuted).map((track) => track.id),
      );
      this.roster.apply(entry);
      this.chat.apply(entry, this.participantId);
      for (const track of this.roster.tracks) {
        if (muted.has(track.id) !== track.isMuted) this.media.slotOf(track.id)?.expectFreshFrame();
      }
      if (entry.kind === "room.track_unpublished") this.#handleUnpublished(entry);
    }
    this.#notify();
  }

  /** One's own track may be ended from elsewhere: by a host. */
  #handleUnpublished(entry: EntryInfo): void {
    const outbound = this.media.outboundOf(textOf(fieldsOf(entry.body)["track_id"]) ?? "");
    outbound?.handleUnpublished().catch(() => this.#notify());
  }

  #handlePush(push: LivePush): void {
    switch (push.type) {
      case "slots_changed":
        this.media.handleSlotViews(push.slot_views);
        break;
      case "speakers_changed":
        this.#speakers = push.participant_ids;
        break;
      case "encodings_wanted":
        void this.media
          .outboundOf(push.track_id)
          ?.handleEncodingsWanted(push.rids)
          .catch(() => undefined);
        return;
      case "mute_requested":
        this.#handleMuteRequested(push.track_id);
    }
    this.#notify();
  }

  #handleMuteRequested(trackId: TrackId): void {
    // The answer to `publish_track` waits for the disk, so the track may be known by its entry only.
    const source = this.roster.track(trackId)?.source;
    const outbound = source === undefined ? undefined : this.outbound(source);
    if (outbound === undefined) return;
    this.#tell(source === "microphone" ? "microphone_muted_by_host" : "camera_muted_by_host");
    outbound.handleMuteRequested().catch(() => this.#notify());
  }

  #handleEnded(error: EmporionError): void {
    this.#ended = error;
    this.media.close();
    this.#notify();
  }

  #sendView(): void {
    if (this.#view === null || this.phase !== "joined") return;
    // The latest view wins; one that is lost with the socket is sent again when it is back.
    this.#connection.request({ type: "set_view", ...this.#view }).catch(() => undefined);
  }

  #tell(notice: RoomNotice): void {
    for (const listener of this.#noticeListeners) listener(notice);
  }

  #notify(): void {
    this.#changes.notify();
  }
}
