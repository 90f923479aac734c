/** What was said in a group of the room, as far as it was asked for; for hosts. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginSignalled } from "../protocol";
import type { ChatMessage } from "./chat";
import { messagesOf } from "./chat";

export interface GroupChat {
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  readonly hasMore: boolean;
}

/** How much of one group a page keeps: whoever reads on loses the newest. */
const KEPT_MESSAGES = 1000;

/** Returns what is known now of a group; null: the signal is not of it, or came already. */
export function withGroupPage(
  before: GroupChat | null,
  signal: PluginSignalled,
  groupId: string,
): GroupChat | null {
  const fields = fieldsOf(signal.body);
  if (signal.event !== "group_history" || textOf(fields["group_id"]) !== groupId) return null;
  const first = before?.messages[0]?.seq ?? null;
  const beforeSeq = fields["before_seq"] == null ? null : numberOf(fields["before_seq"]);
  if (beforeSeq !== first) return null;
  const messages = [...messagesOf(fields["messages"]), ...(before?.messages ?? [])];
  return { messages: messages.slice(0, KEPT_MESSAGES), hasMore: fields["has_more"] === true };
}
