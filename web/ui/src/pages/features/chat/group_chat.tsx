import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { EmporionError } from "../../../client";
import { LOCAL_CODES, toEmporionError } from "../../../client";
import { chatFold, HISTORY_PAGE } from "../../../client/plugins/chat";
import type { GroupChat as Chat } from "../../../client/plugins/chat_groups";
import { withGroupPage } from "../../../client/plugins/chat_groups";
import { explainError } from "../../i18n/errors";
import type { Call } from "../../state/call";
import type { GroupProps } from "../feature";
import { MessageText } from "./message_text";
import { Picture } from "./picture";
import { texts } from "./texts";

/** All that was said in a group that is over: the newest first, older ones as they are asked for. */
export function GroupChat({ call, groupId }: GroupProps): JSX.Element {
  const { chat, error, isLoading, load } = useGroupChat(call, groupId);
  return (
    <section class="group-chat" data-testid="group-chat" aria-busy={isLoading}>
      <h4>{texts("group_chat")}</h4>
      {error !== null && <p role="alert">{explainError(error)}</p>}
      {isLoading && (
        <p class="hint" role="status">
          {texts("older_loading")}
        </p>
      )}
      {!isLoading && (error !== null || chat?.hasMore === true) && (
        <button type="button" class="text-button" data-testid="group-chat-older" onClick={load}>
          {texts(error === null ? "older" : "group_chat_again")}
        </button>
      )}
      {chat !== null && chat.messages.length === 0 && <p class="hint">{texts("group_chat_none")}</p>}
      <ul tabIndex={0} aria-label={texts("group_chat")}>
        {chat?.messages.map((message, index) => (
          <li key={message.seq}>
            {message.author !== chat.messages[index - 1]?.author && (
              <strong>{message.authorName}</strong>
            )}
            {message.isDeleted ? (
              <p class="message-deleted">{texts("deleted")}</p>
            ) : (
              <MessageText text={message.text} names={[]} />
            )}
            {message.image !== null && (
              <Picture call={call} image={message.image} author={message.authorName} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Reading {
  chat: Chat | null;
  error: EmporionError | null;
  isLoading: boolean;
  load: () => void;
}

function useGroupChat(call: Call, groupId: string): Reading {
  const plugin = call.room.plugin(chatFold);
  const [chat, setChat] = useState<Chat | null>(null);
  const [error, setError] = useState<EmporionError | null>(null);
  const [isLoading, setLoading] = useState(false);
  useEffect(
    () =>
      plugin.onSignal((signal) =>
        setChat((before) => withGroupPage(before, signal, groupId) ?? before),
      ),
    [groupId],
  );
  const load = (): void => {
    setLoading(true);
    setError(null);
    const before_seq = chat?.messages[0]?.seq ?? null;
    const body = { type: "get_group_history", group_id: groupId, before_seq, limit: HISTORY_PAGE };
    plugin
      .request(body)
      .catch((failure: unknown) => setError(toEmporionError(failure, LOCAL_CODES.connectionLost)))
      .finally(() => setLoading(false));
  };
  useEffect(load, [groupId]);
  return { chat, error, isLoading, load };
}
