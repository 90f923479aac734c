import type { EmporionError } from "./errors";
import type { EntryInfo, Resumed, Waiting, Welcome } from "./protocol";
import type { JoinDetails, PrepareDetails } from "./opening";
import { Session } from "./session";
import type { LivePush, Reply, RequestBody, SessionOutput, SessionPhase } from "./session_output";
import { Socket } from "./socket";

export interface ConnectionEvents {
  phaseChanged(phase: SessionPhase): void;
  /** The media is answered ahead of the join. */
  prepared(answer: string): void;
  /** What was prepared has ended with its connection: another offer is needed. */
  preparationLost(): void;
  welcomed(welcome: Welcome): void;
  resumed(resumed: Resumed): void;
  waits(waiting: Waiting): void;
  entries(entries: readonly EntryInfo[]): void;
  pushed(push: LivePush): void;
  ended(error: EmporionError): void;
}

interface Waiter {
  resolve(reply: Reply): void;
  reject(error: EmporionError): void;
}

/** The shell of the session machine: gives it a socket, the clock and a timer. */
export class Connection {
  readonly #url: string;
  readonly #events: ConnectionEvents;
  readonly #session = new Session({ random: Math.random });
  readonly #waiters = new Map<number, Waiter>();
  #socket: Socket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, events: ConnectionEvents) {
    this.#url = url;
    this.#events = events;
  }

  get phase(): SessionPhase {
    return this.#session.phase;
  }

  /** On the clock of `performance.now()`. */
  get giveUpAtMs(): number | null {
    return this.#session.giveUpAtMs;
  }

  prepare(details: PrepareDetails): void {
    this.#session.prepare(details, performance.now());
    this.#carryOut();
  }

  join(details: JoinDetails): void {
    this.#session.join(details, performance.now());
    this.#carryOut();
  }

  request(body: RequestBody): Promise<Reply> {
    const ref = this.#session.request(body, performance.now());
    const reply = new Promise<Reply>((resolve, reject) =>
      this.#waiters.set(ref, { resolve, reject }),
    );
    this.#carryOut();
    return reply;
  }

  /** Sent if there is a connection; no answer comes. */
  signal(body: RequestBody): void {
    this.#session.request(body, performance.now());
    this.#carryOut();
  }

  wake(): void {
    this.#session.wake(performance.now());
    this.#carryOut();
  }

  leave(): void {
    this.#session.leave(performance.now());
    this.#carryOut();
  }

  /** For tests and the debug handle: lose the socket as a broken network would. */
  loseSocket(): void {
    this.#socket?.close();
    this.#socket = null;
    this.#session.handleClosed(performance.now());
    this.#carryOut();
  }

  #carryOut(): void {
    let output = this.#session.pollOutput();
    while (output !== null) {
      this.#carryOutOne(output);
      output = this.#session.pollOutput();
    }
    clearTimeout(this.#timer);
    const deadline = this.#session.nextDeadlineMs();
    if (deadline === null) return;
    this.#timer = setTimeout(
      () => this.#feed((nowMs) => this.#session.handleTime(nowMs)),
      deadline - performance.now(),
    );
  }

  #carryOutOne(output: SessionOutput): void {
    switch (output.kind) {
      case "connect":
        return this.#connect();
      case "disconnect":
        this.#socket?.close();
        this.#socket = null;
        return;
      case "send":
        return this.#socket?.send(output.message);
      case "answered":
        return this.#take(output.ref)?.resolve(output.reply);
      case "failed":
        return this.#take(output.ref)?.reject(output.error);
      case "phase_changed":
        return this.#events.phaseChanged(output.phase);
      case "prepared":
        return this.#events.prepared(output.answer);
      case "preparation_lost":
        return this.#events.preparationLost();
      case "welcomed":
        return this.#events.welcomed(output.welcome);
      case "resumed":
        return this.#events.resumed(output.resumed);
      case "waits":
        return this.#events.waits(output.waiting);
      case "entries":
        return this.#events.entries(output.entries);
      case "pushed":
        return this.#events.pushed(output.push);
      case "ended":
        return this.#events.ended(output.error);
    }
  }

  #connect(): void {
    this.#socket?.close();
    this.#socket = new Socket(this.#url, {
      opened: () => this.#feed((nowMs) => this.#session.handleOpened(nowMs)),
      closed: () => this.#feed((nowMs) => this.#session.handleClosed(nowMs)),
      received: (message) => this.#feed((nowMs) => this.#session.handleMessage(message, nowMs)),
    });
  }

  #feed(input: (nowMs: number) => void): void {
    input(performance.now());
    this.#carryOut();
  }

  #take(ref: number): Waiter | undefined {
    const waiter = this.#waiters.get(ref);
    this.#waiters.delete(ref);
    return waiter;
  }
}
