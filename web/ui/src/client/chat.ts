import { fieldsOf, numberOf, textOf } from "./entry_bodies";
import { EmporionError, LOCAL_CODES, toEmporionError } from "./errors";
import type { EntryInfo, ParticipantId, PluginView } from "./protocol";

export const MAX_CHAT_CHARACTERS = 2000;

/** A page that is open all day keeps no more than this. */
const KEPT_MESSAGES = 2000;

export interface ChatMessage {
  readonly id: string;
  readonly seq: number;
  readonly atUs: number;
  readonly author: ParticipantId;
  readonly authorName: string;
  readonly text: string;
  /** Null: to everybody. */
  readonly to: readonly ParticipantId[] | null;
}

/** A message of one's own that the server has not confirmed. */
export interface UnsentMessage {
  readonly localId: number;
  readonly text: string;
  readonly to: ParticipantId | null;
  readonly error: EmporionError | null;
}

type SendRequest = (body: unknown) => Promise<unknown>;

/** The chat plugin as one participant sees it: history, new messages, and what is still on its way. */
export class Chat {
  readonly #request: SendRequest;
  readonly #changed: () => void;
  #viewSeq = 0;
  #messages: readonly ChatMessage[] = [];
  #unsent: readonly UnsentMessage[] = [];
  #nextLocalId = 1;

  constructor(request: SendRequest, changed: () => void) {
    this.#request = request;
    this.#changed = changed;
  }

  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  get unsent(): readonly UnsentMessage[] {
    return this.#unsent;
  }

  load(view: PluginView | undefined): void {
    if (view === undefined) return;
    this.#viewSeq = view.seq;
    const listed = fieldsOf(view.body)["messages"];
    this.#messages = (Array.isArray(listed) ? listed : [])
      .map(messageOf)
      .filter((message) => message !== null);
  }

  apply(entry: EntryInfo, ownId: ParticipantId | null): void {
    if (entry.kind !== "chat.message" || entry.seq <= this.#viewSeq) return;
    const { seq, at_us, author } = entry;
    const message = messageOf({ author, ...fieldsOf(entry.body), seq, at_us });
    if (message === null) return;
    this.#messages = [...this.#messages.slice(1 - KEPT_MESSAGES), message];
    // The answer to a request can be lost with the socket; its entry is proof enough.
    if (message.author === ownId) this.#forgetFirst(message.text);
  }

  send(text: string, to: ParticipantId | null): void {
    const localId = this.#nextLocalId++;
    this.#unsent = [...this.#unsent, { localId, text, to, error: null }];
    void this.#deliver(localId);
  }

  retry(localId: number): void {
    this.#update(localId, null);
    void this.#deliver(localId);
  }

  discard(localId: number): void {
    this.#unsent = this.#unsent.filter((unsent) => unsent.localId !== localId);
    this.#changed();
  }

  async #deliver(localId: number): Promise<void> {
    const unsent = this.#unsent.find((candidate) => candidate.localId === localId);
    if (unsent === undefined) return;
    this.#changed();
    try {
      const to = unsent.to === null ? null : [unsent.to];
      await this.#request({ type: "send_message", text: unsent.text, to });
      this.discard(localId);
    } catch (error) {
      this.#update(localId, toEmporionError(error, LOCAL_CODES.connectionLost));
      this.#changed();
    }
  }

  #update(localId: number, error: EmporionError | null): void {
    this.#unsent = this.#unsent.map((unsent) =>
      unsent.localId === localId ? { ...unsent, error } : unsent,
    );
  }

  #forgetFirst(text: string): void {
    const sent = this.#unsent.find((unsent) => unsent.text === text);
    if (sent !== undefined) this.#unsent = this.#unsent.filter((unsent) => unsent !== sent);
  }
}

function messageOf(value: unknown): ChatMessage | null {
  const fields = fieldsOf(value);
  const text = textOf(fields["text"]);
  if (text === null) return null;
  const to = fields["to"];
  const seq = numberOf(fields["seq"]);
  return {
    id: textOf(fields["message_id"]) ?? String(seq),
    seq,
    atUs: numberOf(fields["at_us"]),
    author: textOf(fields["author"]) ?? "",
    authorName: textOf(fields["author_name"]) ?? "",
    text,
    to:
      Array.isArray(to) && to.length > 0
        ? to.filter((id): id is string => typeof id === "string")
        : null,
  };
}
