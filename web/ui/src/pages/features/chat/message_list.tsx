import type { JSX } from "preact";
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { ChatMessage } from "../../../client/plugins/chat";
import { HISTORY_PAGE } from "../../../client/plugins/chat";
import { explainError } from "../../i18n/errors";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import type { ChatDesk } from "./chat_desk";
import { deskOf } from "./chat_desk";
import { MessageItem } from "./message_item";
import { texts } from "./texts";
import { UnsentItem } from "./unsent_item";

/** Messages of one person within this time stand under one name. */
const GROUP_US = 180_000_000;
/** So near to an edge of the list counts as at it. */
const EDGE_PX = 60;
/** So many messages are drawn while one follows the newest. */
const WINDOW = 200;

export function MessageList({ call }: { call: Call }): JSX.Element {
  const desk = deskOf(call);
  const { messages, older, follow: slide, widen } = useWindow(desk);
  const unsent = desk.unsent.value;
  // The mark stays where it was when the panel was opened, while one reads on.
  const [markSeq] = useState(desk.readSeq.peek());
  const { list, isBehind, follow } = useFollowing(desk, messages, unsent.length, slide, widen);
  const firstNew = messages.find(
    (message) => message.seq > markSeq && message.author !== call.room.participantId,
  );
  return (
    <div class="messages-frame">
      <div
        ref={list}
        class="messages"
        onScroll={follow}
        role="log"
        aria-live="polite"
        aria-label={texts("title")}
        tabIndex={0}
      >
        {older && <Older desk={desk} onOlder={widen} />}
        {messages.length + unsent.length === 0 && <p class="messages-empty">{texts("empty")}</p>}
        {messages.map((message, index) => (
          <Fragment key={message.id}>
            {message === firstNew && index > 0 && (
              <p class="unread-mark" data-testid="unread-mark">
                <span>{texts("unread_from_here")}</span>
              </p>
            )}
            <MessageItem
              call={call}
              message={message}
              isGrouped={message !== firstNew && isGrouped(messages[index - 1], message)}
            />
          </Fragment>
        ))}
        {unsent.map((message) => (
          <UnsentItem key={message.nonce} call={call} message={message} />
        ))}
      </div>
      {isBehind && (
        <button
          type="button"
          class="new-messages"
          onClick={() => list.current?.scrollTo({ top: list.current.scrollHeight })}
        >
          <Icon name="chevronRight" size={16} />
          {texts("new_messages")}
        </button>
      )}
    </div>
  );
}

/** The way to what was said before; scrolling up takes it as well. */
function Older({ desk, onOlder }: { desk: ChatDesk; onOlder: () => void }): JSX.Element {
  const error = desk.olderError.value;
  return (
    <div class="messages-older">
      {error !== null && <span role="alert">{explainError(error)}</span>}
      {desk.isLoadingOlder.value ? (
        <span class="hint" role="status">
          {texts("older_loading")}
        </span>
      ) : (
        <button type="button" class="text-button" data-testid="chat-older" onClick={onOlder}>
          {texts("older")}
        </button>
      )}
    </div>
  );
}

function isGrouped(before: ChatMessage | undefined, message: ChatMessage): boolean {
  return (
    before !== undefined &&
    before.author === message.author &&
    message.atUs - before.atUs < GROUP_US &&
    message.replyTo === null &&
    (before.to ?? []).join() === (message.to ?? []).join()
  );
}

interface Shown {
  messages: readonly ChatMessage[];
  /** There are some before these, here or with the server. */
  older: boolean;
  follow: (isAtEnd: boolean) => void;
  widen: () => void;
}

/** The newest messages while one follows; from where one began to read on, while one reads. */
function useWindow(desk: ChatDesk): Shown {
  const { messages, hasMore } = desk.state;
  const [fromSeq, setFromSeq] = useState<number | null>(null);
  const found = messages.findIndex((message) => message.seq >= (fromSeq ?? Infinity));
  const first = fromSeq === null || found < 0 ? Math.max(0, messages.length - WINDOW) : found;
  const follow = (isAtEnd: boolean): void => {
    if (isAtEnd) setFromSeq(null);
    else setFromSeq((before) => before ?? messages[first]?.seq ?? null);
    desk.read(!isAtEnd);
  };
  const widen = (): void => {
    desk.read(true);
    setFromSeq(first > 0 ? (messages[Math.max(0, first - HISTORY_PAGE)]?.seq ?? 0) : 0);
    if (first === 0) void desk.loadOlder();
  };
  useEffect(() => () => desk.read(false), []);
  return { messages: messages.slice(first), older: hasMore || first > 0, follow, widen };
}

interface Following {
  list: { current: HTMLDivElement | null };
  isBehind: boolean;
  follow: () => void;
}

/** Stays at the newest message, unless the reader has scrolled up to read; older ones move nothing. */
function useFollowing(
  desk: ChatDesk,
  messages: readonly ChatMessage[],
  unsentCount: number,
  slide: (isAtEnd: boolean) => void,
  widen: () => void,
): Following {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const before = useRef({ firstSeq: 0, height: 0 });
  const [isBehind, setBehind] = useState(false);
  const newest = messages.at(-1)?.seq ?? 0;
  const firstSeq = messages[0]?.seq ?? 0;
  const follow = (): void => {
    const element = list.current;
    if (element === null) return;
    const belowPx = element.scrollHeight - element.scrollTop - element.clientHeight;
    isAtEnd.current = belowPx < EDGE_PX;
    slide(isAtEnd.current);
    if (isAtEnd.current) {
      setBehind(false);
      desk.markRead();
    }
    if (element.scrollTop < EDGE_PX && belowPx > EDGE_PX) widen();
  };
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    if (firstSeq < before.current.firstSeq && !isAtEnd.current) {
      element.scrollTop += element.scrollHeight - before.current.height;
    }
    before.current = { firstSeq, height: element.scrollHeight };
  }, [firstSeq, messages.length]);
  useEffect(() => {
    if (isAtEnd.current) {
      list.current?.scrollTo({ top: list.current.scrollHeight });
      desk.markRead();
    } else setBehind(true);
  }, [newest, unsentCount]);
  useKeptAtEnd(list, isAtEnd);
  return { list, isBehind, follow };
}

/** Pictures take their place late, and a keyboard takes some of the panel's. */
function useKeptAtEnd(
  list: { current: HTMLDivElement | null },
  isAtEnd: { current: boolean },
): void {
  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) element.scrollTo({ top: element.scrollHeight });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
}
