import { EmporionError, LOCAL_CODES } from "./errors";
import type { Peer } from "./peer";
import type { Reply, RequestBody } from "./session_output";

export type MediaState = "connecting" | "connected" | "interrupted" | "failed";

const PATIENCE_MS = 2_500;
const BETWEEN_ATTEMPTS_MS = 4_000;
const MOST_ATTEMPTS = 5;

export interface PathRepairOptions {
  readonly peer: Peer;
  readonly request: (body: RequestBody) => Promise<Reply>;
  readonly changed: (state: MediaState) => void;
}

/** Watches the media path and renews it with ICE restarts when it breaks or the network changes. */
export class PathRepair {
  readonly #peer: Peer;
  readonly #request: PathRepairOptions["request"];
  readonly #changed: PathRepairOptions["changed"];
  #state: MediaState = "connecting";
  #attempts = 0;
  #isRestarting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PathRepairOptions) {
    this.#peer = options.peer;
    this.#request = options.request;
    this.#changed = options.changed;
    const { connection } = this.#peer;
    connection.addEventListener("connectionstatechange", () =>
      this.#follow(connection.connectionState),
    );
  }

  get state(): MediaState {
    return this.#state;
  }

  /** The network has changed under us: do not wait until ICE notices. */
  renew(): void {
    if (this.#state === "connected" || this.#state === "interrupted") void this.#restart();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#setState("failed");
  }

  #follow(state: RTCPeerConnectionState): void {
    clearTimeout(this.#timer);
    if (this.#state === "failed") return;
    if (state === "connected") {
      this.#attempts = 0;
      this.#setState("connected");
    } else if (state === "disconnected") {
      this.#setState("interrupted");
      this.#restartAfter(PATIENCE_MS);
    } else if (state === "failed") {
      this.#setState("interrupted");
      this.#restartAfter(0);
    }
  }

  #restartAfter(waitMs: number): void {
    this.#timer = setTimeout(() => void this.#restart(), waitMs);
  }

  async #restart(): Promise<void> {
    if (this.#isRestarting || this.#state === "failed") return;
    if (this.#attempts >= MOST_ATTEMPTS) return this.#setState("failed");
    this.#isRestarting = true;
    try {
      await this.#exchange();
      this.#attempts += 1;
    } catch (error) {
      // Without a socket there is nobody to answer; that wait is not counted as an attempt.
      if (!isConnectionLost(error)) this.#attempts += 1;
    } finally {
      this.#isRestarting = false;
    }
    clearTimeout(this.#timer);
    if (this.#peer.connection.connectionState !== "connected")
      this.#restartAfter(BETWEEN_ATTEMPTS_MS);
  }

  async #exchange(): Promise<void> {
    const reply = await this.#request({ type: "restart_ice", sdp: await this.#peer.restart() });
    if (reply.type === "ice_restarted") await this.#peer.accept(reply.answer);
  }

  #setState(state: MediaState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#changed(state);
  }
}

function isConnectionLost(error: unknown): boolean {
  return error instanceof EmporionError && error.code === LOCAL_CODES.connectionLost;
}
