import { fieldsOf, textOf } from "./entry_bodies";
import { FirstPicture } from "./first_picture";
import type { Sender } from "./outbound_track";
import { OutboundTrack } from "./outbound_track";
import type { MediaState } from "./path_repair";
import { PathRepair } from "./path_repair";
import { Peer } from "./peer";
import type {
  EncodingsWanted,
  EntryInfo,
  MediaOffer,
  SlotView,
  Source,
  TrackId,
  Welcome,
} from "./protocol";
import type { LinkQuality, LinkReading } from "./quality";
import { judge, readLink } from "./quality";
import type { Reply, RequestBody } from "./session_output";
import { RepairTime } from "./repair_time";
import { Slot } from "./slot";
import type { Track } from "./track";
import type { Sending } from "./transceivers";

export interface MediaLinkOptions {
  readonly videoSlots: number;
  readonly sending?: Sending;
  readonly request: (body: RequestBody) => Promise<Reply>;
  readonly changed: () => void;
}

const SOURCES: readonly Source[] = ["microphone", "camera", "screen_share", "screen_share_audio"];

/** All the media of one participant: the peer connection, what is sent on it and its receive slots. */
export class MediaLink {
  readonly firstPicture = new FirstPicture();
  readonly #options: MediaLinkOptions;
  readonly #outbound = new Map<Source, OutboundTrack>();
  #peer: Peer | null = null;
  #preparing: Promise<void> | null = null;
  #accepting: Promise<void> | null = null;
  #repair: PathRepair | null = null;
  #slots: readonly Slot[] = [];
  #lastReading: LinkReading | null = null;
  readonly #repairTime = new RepairTime();

  constructor(options: MediaLinkOptions) {
    this.#options = options;
    for (const source of SOURCES) {
      const sender: Sender = new LateSender(() => this.#peer?.sender(source));
      const { request, changed } = options;
      this.#outbound.set(source, new OutboundTrack({ source, sender, request, changed }));
    }
  }

  get state(): MediaState {
    return this.#repair?.state ?? "connecting";
  }

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  get offer(): MediaOffer | null {
    return this.#peer?.offer ?? null;
  }

  get peer(): Peer | null {
    return this.#peer;
  }

  outbound(source: Source): OutboundTrack | undefined {
    return this.#outbound.get(source);
  }

  outboundOf(trackId: TrackId): OutboundTrack | undefined {
    return [...this.#outbound.values()].find((outbound) => outbound.trackId === trackId);
  }

  slotOf(trackId: TrackId): Slot | undefined {
    return this.#slots.find((slot) => slot.trackId === trackId);
  }

  /** Makes the offer ahead of the join. Without WebRTC one can still read and write. */
  prepare(): Promise<void> {
    this.#preparing ??= Peer.open(this.#options.videoSlots, this.#options.sending).then(
      (peer) => {
        this.#peer = peer;
      },
      () => undefined,
    );
    return this.#preparing;
  }

  /** The offer is void with the connection that had it answered: makes another one. */
  renewOffer(): Promise<void> {
    this.#repair?.stop();
    this.#peer?.close();
    this.#repair = this.#peer = this.#accepting = this.#preparing = null;
    return this.prepare();
  }

  /** The answer comes ahead of the join: the path is up before the click. */
  handlePrepared(answer: string): void {
    this.#accepting = this.#accept(answer);
  }

  async handleWelcome(welcome: Welcome): Promise<void> {
    const reportsFrames = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
    this.#slots = welcome.slots.map((info) => new Slot(info, reportsFrames));
    this.firstPicture.expect(welcome.tracks);
    await (this.#accepting ?? this.#accept(welcome.answer));
    for (const outbound of this.#outbound.values()) {
      if (outbound.source === "camera") continue;
      outbound.handleJoined().catch(this.#options.changed);
    }
    await this.firstPicture.settled;
    this.outbound("camera")?.handleJoined().catch(this.#options.changed);
  }

  handleSlotViews(views: readonly SlotView[]): void {
    for (const view of views)
      this.#slots.find((slot) => slot.index === view.slot)?.handleView(view);
  }

  /** The connection is back: `trackOf` says what the server has of one's own. */
  handleResumed(
    views: readonly SlotView[],
    trackOf: (source: Source) => Track | undefined,
  ): void {
    this.handleSlotViews(views);
    for (const outbound of this.#outbound.values()) {
      void outbound.handleResumed(trackOf(outbound.source)).catch(this.#options.changed);
    }
  }

  /** In another room, with the same media: what one may not send there has ended. */
  handleMoved(trackOf: (source: Source) => Track | undefined): void {
    for (const outbound of this.#outbound.values()) {
      if (outbound.trackId === null) continue;
      void outbound.handleResumed(trackOf(outbound.source)).catch(this.#options.changed);
    }
  }

  /** A host has muted one's own track; returns of which source it is, null: of none. */
  handleMuteRequested(track: Track | undefined): Source | null {
    // The answer to `publish_track` waits for the disk, so the track may be known by its entry only.
    const outbound = track === undefined ? undefined : this.outbound(track.source);
    outbound?.handleMuteRequested().catch(this.#options.changed);
    return outbound?.source ?? null;
  }

  handleEncodingsWanted({ track_id, rids, spatial_layers }: EncodingsWanted): void {
    void this.outboundOf(track_id)
      ?.handleEncodingsWanted(rids, spatial_layers)
      .catch(() => undefined);
  }

  handleEntry(entry: EntryInfo): void {
    const trackId = textOf(fieldsOf(entry.body)["track_id"]) ?? "";
    // What the slot last showed is older than the mute.
    if (entry.kind === "room.track_muted") this.slotOf(trackId)?.expectFreshFrame();
    // One's own track may be ended from elsewhere: by a host, or with the right to send it.
    if (entry.kind === "room.track_unpublished")
      this.outboundOf(trackId)?.handleUnpublished().catch(this.#options.changed);
  }

  handleFrame(index: number, rtpTimestamp: number): void {
    const slot = this.#slots.find((each) => each.index === index);
    this.firstPicture.handleFrame();
    if (slot?.handleFrame(rtpTimestamp)) this.#options.changed();
  }

  /** The network has changed under us. */
  renew(): void {
    this.#repair?.renew();
  }

  /** The connection's quality since the call before; pictures wait for repairs as it needs. */
  async measure(): Promise<LinkQuality | null> {
    if (this.#peer === null) return null;
    const reading = readLink(await this.#peer.connection.getStats());
    const before = this.#lastReading;
    this.#lastReading = reading;
    if (before === null) return null;
    const quality = judge(before, reading);
    this.#repairTime.follow(quality, this.#peer.videoReceivers);
    return quality;
  }

  close(): void {
    this.#repair?.stop();
    this.#peer?.close();
  }

  async #accept(answer: string | null): Promise<void> {
    const peer = this.#peer;
    if (peer === null || answer === null) return;
    const { request, changed } = this.#options;
    const repair = new PathRepair({ peer, request, changed });
    this.#repair = repair;
    await peer.accept(answer).catch(() => repair.stop());
  }
}

/** The sender of a peer connection that may not be made yet. */
class LateSender implements Sender {
  readonly #find: () => RTCRtpSender | undefined;

  constructor(find: () => RTCRtpSender | undefined) {
    this.#find = find;
  }

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    await this.#find()?.replaceTrack(track);
  }

  getParameters(): RTCRtpSendParameters | undefined {
    return this.#find()?.getParameters();
  }

  async setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    await this.#find()?.setParameters(parameters);
  }
}
