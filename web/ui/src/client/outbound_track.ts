import { LOCAL_CODES, toEmporionError } from "./errors";
import type { Source, TrackId } from "./protocol";
import { keepLayers, modeOf } from "./scalable_encoding";
import type { Reply, RequestBody } from "./session_output";
import type { Track } from "./track";

/** The part of RTCRtpSender that is used; tests bring their own. */
export interface Sender {
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  getParameters(): RTCRtpSendParameters | undefined;
  setParameters(parameters: RTCRtpSendParameters): Promise<void>;
}

/** What a shared screen shows: text stays sharp and may be slow, motion the other way round. */
export type ScreenContent = "text" | "motion";

/** Frames per second of each encoding; the low one is for thin lines. */
const SCREEN_FRAMES: Readonly<Record<ScreenContent, Readonly<Record<string, number>>>> = {
  text: { l: 5, h: 15 },
  motion: { l: 15, h: 30 },
};

export interface OutboundTrackOptions {
  readonly source: Source;
  readonly sender: Sender;
  readonly request: (body: RequestBody) => Promise<Reply>;
  readonly changed: () => void;
}

/**
 * One's own track of one source: what is captured, what is sent and what the server was told, in step.
 *
 * Whoever presses a button quickly only changes what is wanted; one loop makes it so, step by step.
 */
export class OutboundTrack {
  readonly source: Source;
  readonly #sender: Sender;
  readonly #request: OutboundTrackOptions["request"];
  readonly #changed: () => void;
  #wanted: MediaStreamTrack | null = null;
  #attached: MediaStreamTrack | null = null;
  #announced: "no" | "on" | "muted" = "no";
  #trackId: TrackId | null = null;
  #rids: ReadonlySet<string> | null = null;
  /** How all layers of one stream are sent; null: it has none. Fewer may be sent now. */
  #mode: string | null = null;
  #layers = 0;
  #isJoined = false;
  #running: Promise<void> | null = null;

  constructor(options: OutboundTrackOptions) {
    this.source = options.source;
    this.#sender = options.sender;
    this.#request = options.request;
    this.#changed = options.changed;
  }

  get isOn(): boolean {
    return this.#wanted !== null;
  }

  get track(): MediaStreamTrack | null {
    return this.#wanted;
  }

  get trackId(): TrackId | null {
    return this.#trackId;
  }

  /**
   * Send this track, or nothing. Before the join it is only remembered: an encoder that starts while
   * the browser reads the answer makes everybody else's first picture wait.
   */
  set(track: MediaStreamTrack | null): Promise<void> {
    this.#wanted = track;
    this.#changed();
    return this.#settle();
  }

  /** A shared screen is sent as suits what it shows, from now on. */
  async suit(content: ScreenContent): Promise<void> {
    const parameters = this.#sender.getParameters();
    if (parameters === undefined || parameters.encodings.length === 0) return;
    for (const encoding of parameters.encodings) {
      const frames = SCREEN_FRAMES[content][encoding.rid ?? ""];
      if (frames !== undefined) encoding.maxFramerate = frames;
    }
    parameters.degradationPreference =
      content === "text" ? "maintain-resolution" : "maintain-framerate";
    await this.#sender.setParameters(parameters);
  }

  handleJoined(): Promise<void> {
    this.#isJoined = true;
    return this.#settle();
  }

  /** The connection is back: what the server has may differ from what it was told last. */
  handleResumed(onServer: Track | undefined): Promise<void> {
    this.#trackId = onServer?.id ?? null;
    if (onServer === undefined) this.#announced = "no";
    else this.#announced = onServer.isMuted ? "muted" : "on";
    return this.#settle();
  }

  /** A host muted this track; the server has noted it. */
  handleMuteRequested(): Promise<void> {
    this.#wanted = null;
    this.#announced = "muted";
    this.#changed();
    return this.#settle();
  }

  /** The track was ended from elsewhere. */
  handleUnpublished(): Promise<void> {
    this.#wanted = null;
    this.#trackId = null;
    this.#announced = "no";
    this.#changed();
    return this.#settle();
  }

  /** Switch off the encodings that nobody watches. The lowest stays: it starts others without a wait. */
  async handleEncodingsWanted(rids: readonly string[], layers = 0): Promise<void> {
    this.#rids = new Set(rids);
    this.#layers = layers;
    if (this.#attached !== null) await this.#setActive(true);
  }

  #settle(): Promise<void> {
    this.#running ??= this.#reconcile().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #reconcile(): Promise<void> {
    while (!this.#isSettled()) {
      const wanted = this.#wanted;
      try {
        if (this.#attached !== wanted) await this.#attach(wanted);
        await this.#announce(wanted);
      } catch (thrown) {
        const error = toEmporionError(thrown, LOCAL_CODES.mediaFailed);
        if (error.code === LOCAL_CODES.connectionLost) return; // Goes on when the connection is back.
        await this.#giveUp();
        throw error;
      }
    }
  }

  #isSettled(): boolean {
    if (!this.#isJoined) return true;
    if (this.#attached !== this.#wanted) return false;
    return this.#wanted === null ? this.#announced !== "on" : this.#announced === "on";
  }

  async #attach(track: MediaStreamTrack | null): Promise<void> {
    await this.#sender.replaceTrack(track);
    this.#attached = track;
    // Firefox goes on sending the last picture of a track that is gone; inactive encodings do not.
    if (this.source === "camera" || this.source === "screen_share")
      await this.#setActive(track !== null);
  }

  async #setActive(active: boolean): Promise<void> {
    const parameters = this.#sender.getParameters();
    if (parameters === undefined || parameters.encodings.length === 0) return;
    let changed = false;
    for (const encoding of parameters.encodings) {
      const wanted = active && this.#isEncodingWanted(encoding.rid);
      if ((encoding.active ?? true) === wanted) continue;
      encoding.active = wanted;
      changed = true;
    }
    const [only] = parameters.encodings;
    if (this.#mode !== null && this.#layers > 0 && only !== undefined)
      changed = keepLayers(only, this.#mode, this.#layers) || changed;
    if (changed) await this.#sender.setParameters(parameters);
  }

  #isEncodingWanted(rid: string | undefined): boolean {
    return this.#rids === null || rid === undefined || rid === "l" || this.#rids.has(rid);
  }

  async #announce(track: MediaStreamTrack | null): Promise<void> {
    if (track === null) {
      if (this.#announced === "on") await this.#announceOff();
    } else if (this.#announced === "no") {
      await this.#publish(track);
    } else if (this.#announced === "muted" && this.#trackId !== null) {
      await this.#request({ type: "mute_track", track_id: this.#trackId, muted: false });
      this.#announced = "on";
    }
  }

  async #publish(track: MediaStreamTrack): Promise<void> {
    const { width = 0, height = 0 } = track.getSettings();
    const size = { width_px: Math.round(width), height_px: Math.round(height) };
    const reply = await this.#request({
      type: "publish_track",
      source: this.source,
      muted: false,
      ...size,
      ...this.#layered(),
    });
    if (reply.type !== "track_published") return;
    this.#trackId = reply.track_id;
    this.#announced = "on";
  }

  /** Of a stream that holds all its layers. */
  #layered(): { scalability_mode?: string } {
    this.#mode ??= modeOf(this.#sender.getParameters());
    return this.#mode === null ? {} : { scalability_mode: this.#mode };
  }

  /** A camera comes back, a screen share is over: the one is muted, the other ended. */
  async #announceOff(): Promise<void> {
    if (this.#trackId === null) return;
    if (this.source === "microphone" || this.source === "camera") {
      await this.#request({ type: "mute_track", track_id: this.#trackId, muted: true });
      this.#announced = "muted";
    } else {
      const trackId = this.#trackId;
      this.#trackId = null; // Its entry is no news: the next share may have begun before it comes.
      this.#announced = "no";
      await this.#request({ type: "unpublish_track", track_id: trackId }).catch(passIfGone);
    }
  }

  async #giveUp(): Promise<void> {
    this.#wanted = null;
    if (this.#announced === "on") this.#announced = "muted";
    await this.#attach(null).catch(() => undefined);
    this.#changed();
  }
}

/** Somebody else has just ended the same track: that is what was wanted. */
function passIfGone(thrown: unknown): void {
  if (toEmporionError(thrown, LOCAL_CODES.mediaFailed).code !== "track.unknown") throw thrown;
}
