import type { Signal } from "@preact/signals";
import { computed, signal } from "@preact/signals";

import type { Participant, Room } from "../../../client";
import { EmporionError, LOCAL_CODES, toEmporionError } from "../../../client";
import type { ChatMessage, ChatState } from "../../../client/plugins/chat";
import { chatFold, HISTORY_PAGE, withReading } from "../../../client/plugins/chat";
import type { UnsentMessage } from "../../../client/plugins/chat_outbox";
import { ChatOutbox } from "../../../client/plugins/chat_outbox";
import type { Call } from "../../state/call";
import { PictureDraft } from "./picture_draft";

/** One more than a badge shows. */
const MOST_UNREAD = 100;
const DRAWN_EVERY_MS = 100;

/** What one person has in hand while chatting; it outlives the panel and a lost connection. */
export class ChatDesk {
  readonly text = signal("");
  readonly recipient = signal<string | null>(null);
  readonly replyTo = signal<ChatMessage | null>(null);
  readonly mentioned = signal<readonly Participant[]>([]);
  readonly isLoadingOlder = signal(false);
  readonly olderError = signal<EmporionError | null>(null);
  /** Up to here everything was seen. */
  readonly readSeq = signal(0);
  readonly picture: PictureDraft;
  readonly unsent = computed((): readonly UnsentMessage[] => {
    void this.#version.value;
    void this.state;
    return this.#outbox.unsent;
  });
  readonly hostsOnly = computed(() => this.state.hostsOnly);
  readonly slowS = computed(() => this.state.slowS);
  readonly byId = computed(() => new Map(this.state.messages.map((said) => [said.id, said])));
  /** What others have said and was not seen; from `MOST_UNREAD` on it is not counted any more. */
  readonly unread = computed(() => {
    const { messages } = this.state;
    let count = 0;
    for (let index = messages.length - 1; index >= 0 && count < MOST_UNREAD; index -= 1) {
      const said = messages[index];
      if (said === undefined || said.seq <= this.readSeq.value) break;
      if (said.author !== this.#room.participantId && !said.isDeleted) count += 1;
    }
    return count;
  });
  readonly #room: Room;
  readonly #outbox: ChatOutbox;
  readonly #version = signal(0);
  readonly #shown: Signal<ChatState>;
  #drawnAtMs = -Infinity;
  #isDrawingSoon = false;
  /** Who is moved to a group is in another session, with another chat. */
  #sessionId = "";
  /** On the clock of `performance.now()`; for slow mode. */
  #lastSentAtMs = -Infinity;

  constructor(room: Room) {
    this.#room = room;
    this.picture = new PictureDraft(room);
    const plugin = room.plugin(chatFold);
    this.#shown = signal(plugin.state);
    this.#outbox = new ChatOutbox(plugin, () => this.#touch());
    plugin.onChange(() => this.#draw());
    room.onChange(() => {
      this.#followSession();
      this.#touch();
    });
    this.#followSession();
  }

  /** Who reads it while drawing is drawn again with each message. */
  get state(): ChatState {
    void this.#shown.value;
    return this.#room.plugin(chatFold).state;
  }

  get runsRoom(): boolean {
    const role = this.#room.self?.role;
    return role === "host" || role === "assistant";
  }

  markRead(): void {
    const newest = this.state.messages.at(-1)?.seq ?? 0;
    if (newest <= this.readSeq.value) return;
    this.readSeq.value = newest;
    writeStored(this.#sessionId, newest);
  }

  /** While one reads older messages none of them goes away. */
  read(isReading: boolean): void {
    this.#room.plugin(chatFold).adjust((state) => withReading(state, isReading));
  }

  /** How long slow mode still holds one back. */
  waitMs(nowMs: number): number {
    if (this.runsRoom) return 0;
    return Math.max(0, this.#lastSentAtMs + this.slowS.value * 1000 - nowMs);
  }

  send(): void {
    const image = this.picture.state.value?.uploaded ?? null;
    const text = this.text.value.trim();
    this.#outbox.send({
      text,
      to: this.recipient.value,
      replyTo: this.replyTo.value,
      mentions: this.mentioned.value
        .filter((person) => text.includes(`@${person.name}`))
        .map((person) => person.id),
      image: image === null ? null : { ...image, alt: this.picture.alt.value.trim() },
    });
    this.#lastSentAtMs = performance.now();
    this.text.value = "";
    this.replyTo.value = null;
    this.mentioned.value = [];
    this.picture.clear();
  }

  retry(nonce: string): void {
    this.#outbox.retry(nonce);
  }

  discard(nonce: string): void {
    this.#outbox.discard(nonce);
  }

  /** An answer to a private message goes to its people. */
  answer(message: ChatMessage): void {
    this.replyTo.value = message;
    if (message.to === null) return;
    const own = this.#room.participantId;
    this.recipient.value = message.author === own ? (message.to[0] ?? null) : message.author;
  }

  async loadOlder(): Promise<void> {
    const { messages, hasMore } = this.state;
    const first = messages[0]?.seq;
    if (!hasMore || first === undefined || this.isLoadingOlder.value) return;
    this.isLoadingOlder.value = true;
    this.olderError.value = null;
    try {
      await this.request({ type: "get_history", before_seq: first, limit: HISTORY_PAGE });
    } catch (error) {
      this.olderError.value = toEmporionError(error, LOCAL_CODES.connectionLost);
    } finally {
      this.isLoadingOlder.value = false;
    }
  }

  async request(body: { type: string; [field: string]: unknown }): Promise<void> {
    await this.#room.plugin(chatFold).request(body);
  }

  /** What was said before somebody came is not new; after a reload, what was not read then is. */
  #followSession(): void {
    const sessionId = this.#room.info?.session_id ?? "";
    if (sessionId === this.#sessionId) return;
    this.#sessionId = sessionId;
    this.readSeq.value = readStored(sessionId) ?? this.state.messages.at(-1)?.seq ?? 0;
    this.recipient.value = null;
    this.replyTo.value = null;
    this.mentioned.value = [];
    this.picture.clear();
  }

  /** The first after a pause at once; in a flood of them so many together as nobody reads apart. */
  #draw(): void {
    if (this.#isDrawingSoon) return;
    const waitMs = this.#drawnAtMs + DRAWN_EVERY_MS - performance.now();
    this.#isDrawingSoon = waitMs > 0;
    if (waitMs > 0) setTimeout(() => this.#drawNow(), waitMs);
    else this.#drawNow();
  }

  #drawNow(): void {
    this.#isDrawingSoon = false;
    this.#drawnAtMs = performance.now();
    this.#shown.value = this.#room.plugin(chatFold).state;
  }

  #touch(): void {
    this.#version.value += 1;
  }
}

const desks = new WeakMap<Room, ChatDesk>();

/** The desk of a call's room: the same one as long as the room. */
export function deskOf(call: Call): ChatDesk {
  const { room } = call;
  let desk = desks.get(room);
  if (desk === undefined) {
    desk = new ChatDesk(room);
    desks.set(room, desk);
  }
  return desk;
}

const STORED = "emporion.chat.read.";

function readStored(sessionId: string): number | null {
  try {
    const stored = sessionStorage.getItem(STORED + sessionId);
    return stored === null ? null : Number(stored);
  } catch {
    return null; // Storage is blocked: then everything that was there counts as read.
  }
}

function writeStored(sessionId: string, seq: number): void {
  try {
    sessionStorage.setItem(STORED + sessionId, String(seq));
  } catch {
    // Storage is blocked or full; only the mark after a reload is lost.
  }
}
