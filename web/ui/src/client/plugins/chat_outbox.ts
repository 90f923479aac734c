import { EmporionError, LOCAL_CODES, toEmporionError } from "../errors";
import type { PluginState } from "../plugin_state";
import type { ParticipantId } from "../protocol";
import type { ChatImage, ChatMessage, ChatState } from "./chat";

/** What somebody has written and wants to send. */
export interface ChatDraft {
  readonly text: string;
  readonly to: ParticipantId | null;
  readonly replyTo?: ChatMessage | null;
  readonly mentions?: readonly ParticipantId[];
  readonly image?: ChatImage | null;
}

/** A message of one's own that the server has not confirmed. */
export interface UnsentMessage {
  readonly nonce: string;
  readonly draft: ChatDraft;
  readonly error: EmporionError | null;
}

type ChatPlugin = Pick<PluginState<ChatState>, "request" | "state">;

/** Messages on their way; one that failed waits here to be sent again or thrown away. */
export class ChatOutbox {
  readonly #plugin: ChatPlugin;
  readonly #changed: () => void;
  #unsent: readonly UnsentMessage[] = [];

  constructor(plugin: ChatPlugin, changed: () => void) {
    this.#plugin = plugin;
    this.#changed = changed;
  }

  /** The answer to a request can be lost with the socket; the message's entry is proof enough. */
  get unsent(): readonly UnsentMessage[] {
    if (this.#unsent.length === 0) return this.#unsent;
    const arrived = new Set(this.#plugin.state.messages.slice(-200).map((said) => said.nonce));
    return this.#unsent.filter((message) => !arrived.has(message.nonce));
  }

  send(draft: ChatDraft): void {
    const nonce = newNonce();
    this.#unsent = [...this.unsent, { nonce, draft, error: null }];
    void this.#deliver(nonce);
  }

  /** The same nonce makes it the same message, in case that it has arrived after all. */
  retry(nonce: string): void {
    this.#setError(nonce, null);
    void this.#deliver(nonce);
  }

  discard(nonce: string): void {
    this.#unsent = this.#unsent.filter((message) => message.nonce !== nonce);
    this.#changed();
  }

  async #deliver(nonce: string): Promise<void> {
    const message = this.#unsent.find((candidate) => candidate.nonce === nonce);
    if (message === undefined) return;
    this.#changed();
    try {
      await this.#plugin.request(requestOf(message));
      this.discard(nonce);
    } catch (error) {
      this.#setError(nonce, toEmporionError(error, LOCAL_CODES.connectionLost));
      this.#changed();
    }
  }

  #setError(nonce: string, error: EmporionError | null): void {
    this.#unsent = this.#unsent.map((message) =>
      message.nonce === nonce ? { ...message, error } : message,
    );
  }
}

function requestOf({ nonce, draft }: UnsentMessage): { type: string; [field: string]: unknown } {
  return {
    type: "send_message",
    text: draft.text,
    to: draft.to === null ? null : [draft.to],
    reply_to: draft.replyTo?.id ?? null,
    reply_to_seq: draft.replyTo?.seq ?? null,
    mentions: draft.mentions ?? [],
    image: draft.image?.fileId ?? null,
    alt: draft.image?.alt ?? "",
    nonce,
  };
}

function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
