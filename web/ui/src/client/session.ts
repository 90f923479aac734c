import { Backoff } from "./backoff";
import { EntryOrder } from "./entry_order";
import { EmporionError, LOCAL_CODES } from "./errors";
import type { Ending, JoinDetails, PrepareDetails } from "./opening";
import { isFinal, LEFT, Opening } from "./opening";
import { OutputQueue } from "./output_queue";
import { PendingRequests } from "./pending_requests";
import type { RequestFailed, Resumed, ServerPush, Waiting, Welcome } from "./protocol";
import type { RequestBody, SessionOutput, SessionPhase } from "./session_output";
import { isReply } from "./session_output";
import { isDue, SessionTimers, TIMES_MS } from "./session_timers";

/**
 * One stay in a room as a pure state machine: no socket, clock or timer.
 *
 * The shell feeds it (`handle…`, with the time) and carries out what `pollOutput` returns; it calls
 * `handleTime` at `nextDeadlineMs`. After an output `disconnect` no event of that socket may follow.
 */
export class Session {
  #phase: SessionPhase = "idle";
  #socket: "none" | "connecting" | "open" = "none";
  #pingRef = 0;
  readonly #opening = new Opening();
  readonly #timers = new SessionTimers();
  readonly #outputs = new OutputQueue();
  readonly #pending = new PendingRequests();
  readonly #entries = new EntryOrder();
  readonly #backoff: Backoff;

  constructor(options: { random: () => number }) {
    const { firstRetry: firstMs, longestRetry: longestMs } = TIMES_MS;
    this.#backoff = new Backoff({ firstMs, longestMs, random: options.random });
  }

  get phase(): SessionPhase {
    return this.#phase;
  }

  get lastSeq(): number {
    return this.#entries.lastSeq;
  }

  /** When the session gives up if it cannot reconnect; null while there is nothing to give up. */
  get giveUpAtMs(): number | null {
    return this.#timers.giveUpAt;
  }

  get #isConnected(): boolean {
    return this.#socket === "open" && (this.#phase === "joined" || this.#phase === "waiting");
  }

  pollOutput(): SessionOutput | null {
    return this.#outputs.poll();
  }

  nextDeadlineMs(): number | null {
    return this.#timers.next(this.#pending.nextDeadlineMs());
  }

  /** Open the socket ahead of the click that joins, and the media if there is an offer. */
  prepare(details: PrepareDetails, nowMs: number): void {
    if (this.#phase !== "idle") return;
    this.#opening.preparing = details;
    this.#setPhase("prepared");
    this.#connect(nowMs);
  }

  /** Again while joining: with the new offer that `preparation_lost` asked for. */
  join(details: JoinDetails, nowMs: number): void {
    if (!this.#opening.isDue(this.#phase)) return;
    this.#opening.join = details;
    this.#timers.giveUpAt ??= nowMs + TIMES_MS.join;
    this.#setPhase("joining");
    if (this.#socket === "open") this.#sendOpening();
    else if (this.#socket === "none") this.#connect(nowMs);
  }

  /** Returns the ref by which `answered` or `failed` will name this request. */
  request(body: RequestBody, nowMs: number): number {
    const ref = this.#pending.takeRef();
    if (this.#phase === "joined") {
      if (body.type !== "plugin_signal") this.#pending.add(ref, nowMs + TIMES_MS.request);
      this.#outputs.send(this.#entries.address({ ...body, ref }));
    } else {
      this.#outputs.failAll([ref], LOCAL_CODES.connectionLost);
    }
    return ref;
  }

  leave(nowMs: number): void {
    if (this.#phase === "ended") return;
    if (!this.#isConnected) return this.#end(LEFT);
    this.#timers.leaveBefore = nowMs + TIMES_MS.leave;
    this.#outputs.send({ type: "leave", ref: this.#pending.takeRef() });
  }

  /** The network or the page has come back: look at once instead of waiting for a timer. */
  wake(nowMs: number): void {
    if (this.#isConnected) this.#ping(nowMs, TIMES_MS.quickPong);
    else if (this.#timers.retryAt !== null) this.#connect(nowMs);
  }

  handleOpened(nowMs: number): void {
    if (this.#socket !== "connecting") return;
    this.#socket = "open";
    this.#timers.connectBefore = null;
    this.#sendOpening();
    this.#timers.pingAt = this.#phase === "prepared" ? null : nowMs + TIMES_MS.pingEvery;
  }

  handleClosed(nowMs: number): void {
    if (this.#phase === "ended" || this.#socket === "none") return;
    this.#forgetSocket();
    if (this.#opening.losePrepared()) this.#outputs.push({ kind: "preparation_lost" });
    if (this.#timers.leaveBefore !== null) return this.#end(LEFT);
    if (this.#phase === "prepared") return this.#setPhase("idle");
    if (this.#opening.isDue(this.#phase)) return;
    if (this.#phase === "joined") {
      this.#entries.hold();
      this.#timers.giveUpAt = nowMs + this.#opening.windowMs;
      this.#setPhase("reconnecting");
    }
    // The place at the door is kept for a while; after that one knocks anew.
    if (this.#phase === "waiting") this.#timers.giveUpAt ??= nowMs + TIMES_MS.door;
    this.#timers.retryAt = nowMs + this.#backoff.nextMs();
  }

  handleMessage(message: ServerPush, nowMs: number): void {
    switch (message.type) {
      case "welcome":
        return this.#handleWelcome(message, nowMs);
      case "prepared":
        if (!this.#opening.isPreparedBy(message.ref)) return;
        return this.#outputs.push({ kind: "prepared", answer: message.answer });
      case "resumed":
        return this.#handleResumed(message, nowMs);
      case "waiting":
        return this.#handleWaiting(message, nowMs);
      case "request_failed":
        return this.#handleRequestFailed(message, nowMs);
      case "goodbye":
        return isFinal(message, this.#phase) ? this.#end(message) : this.#drop(nowMs);
      case "moved":
        return this.#outputs.push({ kind: "pushed", push: this.#entries.enter(message) });
      case "entries":
        return this.#outputs.entries(this.#entries.accept(message.entries));
      default:
        if (!isReply(message)) return this.#outputs.push({ kind: "pushed", push: message });
        if (this.#pending.settle(message.ref)) this.#outputs.answer(message);
    }
  }

  handleTime(nowMs: number): void {
    if (isDue(this.#timers.leaveBefore, nowMs)) return this.#end(LEFT);
    if (isDue(this.#timers.giveUpAt, nowMs)) return this.#end(this.#opening.failure(this.#phase));
    if (isDue(this.#timers.connectBefore, nowMs)) this.#drop(nowMs);
    if (isDue(this.#timers.retryAt, nowMs)) this.#connect(nowMs);
    const overdue = this.#pending.takeOverdue(nowMs);
    this.#outputs.failAll(overdue, LOCAL_CODES.requestTimedOut);
    if (overdue.includes(this.#pingRef)) this.#drop(nowMs);
    if (isDue(this.#timers.pingAt, nowMs)) this.#ping(nowMs, TIMES_MS.pong);
  }

  #handleWelcome(welcome: Welcome, nowMs: number): void {
    if (this.#phase !== "joining" && this.#phase !== "waiting") return;
    this.#opening.windowMs = welcome.resume_window_s * 1000;
    this.#accept("joined", welcome.resume_token, nowMs);
    this.#outputs.push({ kind: "welcomed", welcome });
    this.#outputs.entries(this.#entries.begin(welcome.room.room_id, welcome.seq));
  }

  #handleResumed(resumed: Resumed, nowMs: number): void {
    if (this.#phase !== "reconnecting") return;
    this.#accept("joined", resumed.resume_token, nowMs);
    this.#outputs.entries(this.#entries.release(0, resumed.entries));
    this.#outputs.push({ kind: "resumed", resumed });
  }

  #handleWaiting(waiting: Waiting, nowMs: number): void {
    if (this.#phase !== "joining" && this.#phase !== "waiting") return;
    this.#accept("waiting", null, nowMs);
    this.#outputs.push({ kind: "waits", waiting });
  }

  /** The server has answered the opening: nothing is to be given up. */
  #accept(phase: SessionPhase, resumeToken: string | null, nowMs: number): void {
    this.#opening.accept(resumeToken);
    this.#timers.giveUpAt = null;
    this.#backoff.reset();
    this.#timers.pingAt = nowMs + TIMES_MS.pingEvery;
    if (phase !== this.#phase) this.#setPhase(phase);
  }

  #handleRequestFailed(failed: RequestFailed, nowMs: number): void {
    if (this.#opening.isPreparedBy(failed.ref)) return this.#opening.refusePrepared();
    if (this.#opening.isAnsweredBy(failed.ref) && this.#phase !== "joined") {
      if (!failed.retryable) return this.#end(failed);
      this.#opening.refuse(failed);
      this.#drop(nowMs);
    } else if (this.#pending.settle(failed.ref)) {
      this.#outputs.fail(failed.ref, failed.code, failed.message, failed.retryable);
    }
  }

  #sendOpening(): void {
    const message = this.#opening.message(this.#phase, this.#pending.takeRef(), this.#entries);
    if (message !== null) this.#outputs.send(message);
  }

  #connect(nowMs: number): void {
    this.#socket = "connecting";
    this.#timers.beginConnect(nowMs);
    this.#outputs.push({ kind: "connect" });
  }

  #ping(nowMs: number, withinMs: number): void {
    this.#timers.pingAt = nowMs + TIMES_MS.pingEvery;
    if (!this.#isConnected) return;
    this.#pingRef = this.#pending.takeRef();
    this.#pending.add(this.#pingRef, nowMs + withinMs);
    this.#outputs.send({ type: "ping", ref: this.#pingRef });
  }

  /** The socket is of no use any more, whatever it says of itself. */
  #drop(nowMs: number): void {
    if (this.#socket === "none") return;
    this.#outputs.push({ kind: "disconnect" });
    this.handleClosed(nowMs);
  }

  #forgetSocket(): void {
    this.#socket = "none";
    this.#timers.connectBefore = this.#timers.pingAt = null;
    this.#outputs.failAll(this.#pending.takeAll(), LOCAL_CODES.connectionLost);
  }

  #end({ code, message, retryable }: Ending): void {
    if (this.#phase === "ended") return;
    this.#outputs.push({ kind: "disconnect" });
    this.#forgetSocket();
    this.#timers.stopAll();
    this.#setPhase("ended");
    this.#outputs.push({ kind: "ended", error: new EmporionError(code, message, retryable) });
  }

  #setPhase(phase: SessionPhase): void {
    this.#phase = phase;
    this.#outputs.push({ kind: "phase_changed", phase });
  }
}
