import { decode, encode } from "@msgpack/msgpack";

import type { ClientRequest, ServerPush } from "./protocol";
import { SERVER_PUSH_TYPES, SUBPROTOCOL } from "./protocol";

export interface SocketEvents {
  opened(): void;
  closed(): void;
  received(message: ServerPush): void;
}

const KNOWN_TYPES: ReadonlySet<unknown> = new Set(SERVER_PUSH_TYPES);

/** One WebSocket that speaks msgpack; after `close` it reports nothing more. */
export class Socket {
  readonly #socket: WebSocket;
  #events: SocketEvents | null;

  constructor(url: string, events: SocketEvents) {
    this.#events = events;
    this.#socket = new WebSocket(url, SUBPROTOCOL);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => this.#events?.opened();
    this.#socket.onclose = () => this.#events?.closed();
    this.#socket.onmessage = (event: MessageEvent<unknown>) => this.#receive(event.data);
  }

  send(message: ClientRequest): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(encode(message, { ignoreUndefined: true }));
  }

  close(): void {
    this.#events = null;
    this.#socket.close();
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    const message: unknown = decode(new Uint8Array(data));
    if (isServerPush(message)) this.#events?.received(message);
  }
}

/** A newer server may say more than this page knows; what it does not know it leaves aside. */
function isServerPush(message: unknown): message is ServerPush {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    KNOWN_TYPES.has(message.type)
  );
}
