import { Arrival } from "./arrival";
import { ChangeListeners } from "./change_listeners";
import { Connection } from "./connection";
import type { DoorWait } from "./door";
import type { EmporionError } from "./errors";
import { Files } from "./files";
import type { Grants } from "./grants";
import { Hosting } from "./hosting";
import { MediaLink } from "./media_link";
import type { OutboundTrack } from "./outbound_track";
import type { Participant } from "./participant";
import type { MediaState } from "./path_repair";
import { Notices } from "./notices";
import type { PluginFold, PluginState } from "./plugin_state";
import type {
  EntryInfo,
  LinkChanged,
  Moved,
  ParticipantId,
  PluginInfo,
  Resumed,
  RoomInfo,
  Source,
  Welcome,
} from "./protocol";
import type { RoomNotice, RoomOptions } from "./room_options";
import { RoomState } from "./room_state";
import type { Roster } from "./roster";
import type { LivePush, Reply, RequestBody, SessionPhase } from "./session_output";
import { WantedView } from "./wanted_view";

/** A room as one of its participants has it: the door through which pages see and do everything. */
export class Room {
  readonly media: MediaLink;
  readonly files: Files;
  readonly #arrival: Arrival;
  readonly #connection: Connection;
  readonly #changes = new ChangeListeners();
  readonly #notices = new Notices();
  readonly #state: RoomState;
  readonly view: WantedView;
  readonly hosting: Hosting;
  #ended: EmporionError | null = null;

  constructor(options: RoomOptions) {
    this.files = new Files(options.url);
    const request = (body: RequestBody): Promise<Reply> => this.#connection.request(body);
    const changed = (): void => this.#changes.notify();
    this.#state = new RoomState({
      request: (plugin, body) => request({ type: "plugin_request", plugin, body }),
      signal: (plugin, body) => this.#connection.signal({ type: "plugin_signal", plugin, body }),
      changed,
    });
    this.hosting = new Hosting(request, () => this.#state.removed);
    this.view = new WantedView({ request, isJoined: () => this.phase === "joined" });
    const { videoSlots, sending } = options;
    this.media = new MediaLink({ videoSlots, ...(sending && { sending }), request, changed });
    const connection = (): Connection => this.#connection;
    this.#arrival = new Arrival({ options, media: this.media, connection });
    this.#connection = new Connection(options.url, {
      phaseChanged: changed,
      prepared: (answer) => this.media.handlePrepared(answer),
      preparationLost: () => void this.#arrival.handlePreparationLost(),
      welcomed: (welcome) => this.#handleWelcome(welcome),
      resumed: (resumed) => this.#handleResumed(resumed),
      waits: (waiting) => this.#state.handleWaiting(waiting, performance.now()),
      entries: (entries) => this.#applyEntries(entries),
      pushed: (push) => this.#handlePush(push),
      ended: (error) => this.#handleEnded(error),
    });
  }

  get phase(): SessionPhase {
    return this.#connection.phase;
  }

  get roster(): Roster {
    return this.#state.roster;
  }

  get info(): RoomInfo | null {
    return this.#state.welcome?.room ?? null;
  }

  get participantId(): ParticipantId | null {
    return this.#state.participantId;
  }

  get self(): Participant | undefined {
    return this.roster.participant(this.participantId ?? "");
  }

  /** Who is heard now, loudest first. */
  get speakers(): readonly ParticipantId[] {
    return this.#state.speakers;
  }

  get mediaState(): MediaState {
    return this.media.state;
  }

  /** What one waits for at the door, if the phase is "waiting". */
  get wait(): DoorWait | null {
    return this.#state.wait;
  }

  /** Why the session is over; null while it is not. */
  get ended(): EmporionError | null {
    return this.#ended;
  }

  /** What the server says of one's own downlink; null: never anything. */
  get link(): LinkChanged | null {
    return this.#state.link;
  }

  /** To a host: "reduced" or "paused" for those whose links do not carry all. */
  get links(): Readonly<Record<ParticipantId, string>> {
    return this.#state.links;
  }

  /** All that a host may choose from; empty for others. */
  get schedulers(): readonly string[] {
    return this.#state.welcome?.schedulers ?? [];
  }

  /** When a lost connection is given up, on the clock of `performance.now()`. */
  get giveUpAtMs(): number | null {
    return this.#connection.giveUpAtMs;
  }

  /** What one may do now; a host may change it at any time. */
  get grants(): Grants {
    return this.#state.grants;
  }

  /** The session's time, on the clock of entries' `at_us`. */
  get nowUs(): number {
    return this.#state.clock.nowUs(performance.now());
  }

  canPublish(source: Source): boolean {
    return this.#state.canPublish(source);
  }

  /** All plugins of the room, also those that the page shows nothing of. */
  get plugins(): readonly PluginInfo[] {
    return this.#state.plugins.infos;
  }

  hasPlugin(name: string): boolean {
    return this.#state.plugins.has(name);
  }

  /** One plugin's state, kept by this fold: the same object each time. */
  plugin<S>(fold: PluginFold<S>): PluginState<S> {
    return this.#state.plugins.of(fold);
  }

  outbound(source: Source): OutboundTrack | undefined {
    return this.media.outbound(source);
  }

  /** Calls back after changes, once for all that happen together. Returns how to stop it. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  onNotice(listener: (notice: RoomNotice) => void): () => void {
    return this.#notices.add(listener);
  }

  /** Opens socket and media ahead of the join; the server ends them if none follows soon. */
  prepare(): Promise<void> {
    return this.#arrival.prepare();
  }

  join(name: string | null): Promise<void> {
    return this.#arrival.join(name);
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

  #handleWelcome(welcome: Welcome): void {
    this.#state.handleWelcome(welcome, performance.now());
    this.files.handleWelcome(welcome.room.room_id, welcome.files_ticket ?? "");
    void this.media.handleWelcome(welcome);
    this.view.send();
    this.#changes.notify();
  }

  #handleResumed(resumed: Resumed): void {
    this.#state.handleResumed(resumed);
    this.media.handleResumed(resumed.slot_views, (source) => this.#state.ownTrack(source));
    this.view.send();
    this.#notices.tell("reconnected");
    this.#changes.notify();
  }

  #applyEntries(entries: readonly EntryInfo[]): void {
    for (const entry of entries) {
      if (this.#state.apply(entry, performance.now())) this.#changes.notify();
      this.media.handleEntry(entry);
    }
  }

  #handlePush(push: LivePush): void {
    switch (push.type) {
      case "slots_changed":
        this.media.handleSlotViews(push.slot_views);
        break;
      case "encodings_wanted":
        return this.media.handleEncodingsWanted(push);
      case "mute_requested":
        this.#notices.tellMuted(this.media.handleMuteRequested(this.roster.track(push.track_id)));
        break;
      case "moved":
        this.#handleMoved(push);
        break;
      default:
        if (!this.#state.handlePush(push)) return;
    }
    this.#changes.notify();
  }

  #handleMoved(moved: Moved): void {
    this.#state.handleMoved(moved, performance.now());
    this.files.handleWelcome(moved.room.room_id, moved.files_ticket ?? "");
    this.media.handleMoved((source) => this.#state.ownTrack(source));
  }

  #handleEnded(error: EmporionError): void {
    this.#ended = error;
    this.media.close();
    this.#changes.notify();
  }
}
