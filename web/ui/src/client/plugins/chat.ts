/** The chat as one participant sees it: the newest messages, older ones as they are asked for. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";
import type { EntryInfo, ParticipantId, PluginSignalled } from "../protocol";

export const MAX_CHAT_CHARACTERS = 2000;
export const HISTORY_PAGE = 50;

/** A page that is open all day keeps no more than this … */
const KEPT_MESSAGES = 5000;
/** … or than this while somebody reads older ones, which must not vanish under the eyes. */
const KEPT_WHILE_READING = 20_000;

export interface ChatImage {
  readonly fileId: string;
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly alt: string;
}

export interface ChatQuote {
  readonly messageId: string;
  readonly authorName: string;
  /** Empty: what was quoted is deleted, or was a picture. */
  readonly text: string;
}

export interface ChatMessage {
  readonly id: string;
  readonly seq: number;
  readonly atUs: number;
  readonly author: ParticipantId;
  readonly authorName: string;
  readonly text: string;
  /** Null: to everybody. */
  readonly to: readonly ParticipantId[] | null;
  readonly replyTo: ChatQuote | null;
  /** Identities. */
  readonly mentions: readonly string[];
  readonly image: ChatImage | null;
  readonly nonce: string;
  readonly isDeleted: boolean;
}

export interface ChatState {
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  /** There are older ones to ask for. */
  readonly hasMore: boolean;
  /** Seconds between two messages of one merchant; 0: no slow mode. */
  readonly slowS: number;
  readonly hostsOnly: boolean;
  /** Somebody reads older ones here; see `withReading`. */
  readonly isReading: boolean;
}

const NOTHING: ChatState = {
  messages: [],
  hasMore: false,
  slowS: 0,
  hostsOnly: false,
  isReading: false,
};

export const chatFold: PluginFold<ChatState> = {
  name: "chat",

  load(view) {
    const fields = fieldsOf(view);
    const messages = messagesOf(fields["messages"]);
    const hasMore = messages.length < numberOf(fields["total"]);
    return { ...NOTHING, messages, hasMore, ...modeOf(fields) };
  },

  apply(state, entry) {
    switch (entry.kind) {
      case "chat.message":
        return withMessage(state, entry);
      case "chat.message_deleted":
        return withoutMessage(state, textOf(fieldsOf(entry.body)["message_id"]) ?? "");
      case "chat.mode_changed":
        return { ...state, ...modeOf(fieldsOf(entry.body)) };
      default:
        return state;
    }
  },

  signal(state, signal) {
    return signal.event === "history" ? withOlder(state, signal) : state;
  },

  // Where thousands listen fifty may write in a second: only the chat itself is drawn again.
  isQuiet: () => true,
};

function withMessage(state: ChatState, entry: EntryInfo): ChatState {
  const { seq, at_us, author } = entry;
  const message = messageOf({ author, ...fieldsOf(entry.body), seq, at_us });
  if (message === null || message.seq <= (state.messages.at(-1)?.seq ?? 0)) return state;
  return bounded({ ...state, messages: [...state.messages, message] });
}

/** Keep older messages for as long as somebody reads them. */
export function withReading(state: ChatState, isReading: boolean): ChatState {
  return isReading === state.isReading ? state : bounded({ ...state, isReading });
}

function bounded(state: ChatState): ChatState {
  const most = state.isReading ? KEPT_WHILE_READING : KEPT_MESSAGES;
  if (state.messages.length <= most) return state;
  return { ...state, messages: state.messages.slice(-most), hasMore: true };
}

/** Nothing of it is left, not even where it was quoted. */
function withoutMessage(state: ChatState, id: string): ChatState {
  const messages = state.messages.map((message): ChatMessage => {
    if (message.id === id) {
      return { ...message, text: "", replyTo: null, mentions: [], image: null, isDeleted: true };
    }
    if (message.replyTo?.messageId !== id) return message;
    return { ...message, replyTo: { ...message.replyTo, text: "" } };
  });
  return { ...state, messages };
}

function withOlder(state: ChatState, signal: PluginSignalled): ChatState {
  const fields = fieldsOf(signal.body);
  const first = state.messages[0]?.seq ?? Number.MAX_SAFE_INTEGER;
  const older = messagesOf(fields["messages"]).filter((message) => message.seq < first);
  const isForThis = numberOf(fields["before_seq"]) >= first;
  const hasMore = isForThis ? fields["has_more"] === true : state.hasMore;
  return { ...state, messages: [...older, ...state.messages], hasMore };
}

function modeOf(fields: Readonly<Record<string, unknown>>): Pick<ChatState, "slowS" | "hostsOnly"> {
  return { slowS: numberOf(fields["slow_s"]), hostsOnly: fields["hosts_only"] === true };
}

export function messagesOf(value: unknown): ChatMessage[] {
  return listOf(value)
    .map(messageOf)
    .filter((message) => message !== null);
}

function messageOf(value: unknown): ChatMessage | null {
  const fields = fieldsOf(value);
  const text = textOf(fields["text"]);
  if (text === null) return null;
  const to = textsOf(fields["to"]);
  const seq = numberOf(fields["seq"]);
  return {
    id: textOf(fields["message_id"]) ?? String(seq),
    seq,
    atUs: numberOf(fields["at_us"]),
    author: textOf(fields["author"]) ?? "",
    authorName: textOf(fields["author_name"]) ?? "",
    text,
    to: to.length > 0 ? to : null,
    replyTo: quoteOf(fields["reply_to"]),
    mentions: textsOf(fields["mentions"]),
    image: imageOf(fields["image"]),
    nonce: textOf(fields["nonce"]) ?? "",
    isDeleted: fields["deleted"] === true,
  };
}

function quoteOf(value: unknown): ChatQuote | null {
  const fields = fieldsOf(value);
  const messageId = textOf(fields["message_id"]);
  if (messageId === null) return null;
  const authorName = textOf(fields["author_name"]) ?? "";
  return { messageId, authorName, text: textOf(fields["text"]) ?? "" };
}

function imageOf(value: unknown): ChatImage | null {
  const fields = fieldsOf(value);
  const fileId = textOf(fields["file_id"]);
  if (fileId === null) return null;
  return {
    fileId,
    name: textOf(fields["name"]) ?? "",
    widthPx: numberOf(fields["width_px"]),
    heightPx: numberOf(fields["height_px"]),
    alt: textOf(fields["alt"]) ?? "",
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): string[] {
  return listOf(value).filter((item): item is string => typeof item === "string");
}
