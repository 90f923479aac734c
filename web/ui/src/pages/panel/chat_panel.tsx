import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { t } from "../i18n/translate";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";
import { ChatForm } from "./chat_form";
import { MessageItem, UnsentItem } from "./chat_message";
import { Panel } from "./panel";

interface ChatPanelProps {
  call: Call;
  recipient: Signal<string | null>;
  onClose: () => void;
}

/** Messages of one person within this time stand under one name. */
const GROUP_US = 180_000_000;

export function ChatPanel({ call, recipient, onClose }: ChatPanelProps): JSX.Element {
  const { messages, unsent } = call.room.chat;
  const { list, isBehind, follow } = useFollowing(
    `${messages.length}/${unsent.map((message) => message.error?.code ?? "").join()}`,
  );
  return (
    <Panel title={t("chat.title")} testId="chat-panel" onClose={onClose}>
      <div
        ref={list}
        class="messages"
        onScroll={follow}
        role="log"
        aria-live="polite"
        aria-label={t("chat.title")}
        tabIndex={0}
      >
        {messages.length + unsent.length === 0 && <p class="messages-empty">{t("chat.empty")}</p>}
        {messages.map((message, index) => {
          const before = messages[index - 1];
          const isGrouped =
            before !== undefined &&
            before.author === message.author &&
            message.atUs - before.atUs < GROUP_US &&
            isSameAudience(before.to, message.to);
          return (
            <MessageItem key={message.id} call={call} message={message} isGrouped={isGrouped} />
          );
        })}
        {unsent.map((message) => (
          <UnsentItem key={message.localId} call={call} message={message} />
        ))}
      </div>
      {isBehind && (
        <button
          type="button"
          class="new-messages"
          onClick={() => list.current?.scrollTo({ top: list.current.scrollHeight })}
        >
          <Icon name="chevronRight" size={16} />
          {t("chat.new_messages")}
        </button>
      )}
      <ChatForm call={call} recipient={recipient} />
    </Panel>
  );
}

function isSameAudience(a: readonly string[] | null, b: readonly string[] | null): boolean {
  return (a ?? []).join() === (b ?? []).join();
}

/** Stays at the newest message, unless the reader has scrolled up to read. */
function useFollowing(content: string): {
  list: { current: HTMLDivElement | null };
  isBehind: boolean;
  follow: () => void;
} {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [isBehind, setBehind] = useState(false);
  const follow = (): void => {
    const element = list.current;
    if (element === null) return;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    if (isAtEnd.current) setBehind(false);
  };
  useLayoutEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, []);
  useEffect(() => {
    if (isAtEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
    else setBehind(true);
  }, [content]);
  return { list, isBehind, follow };
}
