import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { ChatMessage } from "../../../client/plugins/chat";
import { language, t } from "../../i18n/translate";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { deskOf } from "./chat_desk";
import { DeleteDialog } from "./delete_dialog";
import { MessageText } from "./message_text";
import { Picture } from "./picture";
import { QuoteBox } from "./quote_box";
import { texts } from "./texts";

interface MessageProps {
  call: Call;
  message: ChatMessage;
}

export function MessageItem({
  call,
  message,
  isGrouped,
}: MessageProps & { isGrouped: boolean }): JSX.Element {
  const { room } = call;
  const isOwn = message.author === room.participantId;
  const isForMe = message.mentions.includes(room.self?.identity ?? "");
  const atMs = (room.info?.started_at_unix_s ?? 0) * 1000 + message.atUs / 1000;
  const classes = ["message", isOwn && "own", isGrouped && "grouped", isForMe && "for-me"];
  return (
    <article
      class={classes.filter((name) => name !== false).join(" ")}
      data-testid="chat-message"
      data-author={message.author}
      data-message={message.id}
      tabIndex={-1} // A tap shows what can be done with it.
    >
      {!isGrouped && (
        <header>
          <span class="message-author">{isOwn ? t("app.you") : message.authorName}</span>
          <time dateTime={new Date(atMs).toISOString()}>{clockTime(atMs)}</time>
        </header>
      )}
      {message.to !== null && !isGrouped && (
        <PrivateMark call={call} message={message} isOwn={isOwn} />
      )}
      {message.isDeleted ? (
        <p class="message-deleted">{texts("deleted")}</p>
      ) : (
        <>
          <Content call={call} message={message} />
          <Actions call={call} message={message} isOwn={isOwn} />
        </>
      )}
    </article>
  );
}

function Content({ call, message }: MessageProps): JSX.Element {
  const { mentions } = message;
  const { participants } = call.room.roster;
  const names =
    mentions.length === 0 ? [] : participants.filter((one) => mentions.includes(one.identity));
  return (
    <>
      {message.replyTo !== null && <QuoteBox call={call} quote={message.replyTo} />}
      {message.image !== null && (
        <Picture call={call} image={message.image} author={message.authorName} />
      )}
      {message.text !== "" && (
        <MessageText text={message.text} names={names.map((person) => person.name)} />
      )}
    </>
  );
}

function Actions({ call, message, isOwn }: MessageProps & { isOwn: boolean }): JSX.Element {
  const desk = deskOf(call);
  const [isDeleting, setDeleting] = useState(false);
  const name = isOwn ? t("app.you") : message.authorName;
  const deleteLabel = isOwn ? texts("delete_own") : texts("delete", { name });
  return (
    <div class="message-actions">
      <button
        type="button"
        class="icon-button"
        data-testid="chat-reply"
        aria-label={texts("reply", { name })}
        title={texts("reply", { name })}
        onClick={() => desk.answer(message)}
      >
        <Icon name="reply" size={18} />
      </button>
      {(isOwn || desk.runsRoom) && (
        <button
          type="button"
          class="icon-button"
          data-testid="chat-delete"
          aria-label={deleteLabel}
          title={deleteLabel}
          onClick={() => setDeleting(true)}
        >
          <Icon name="trash" size={18} />
        </button>
      )}
      {isDeleting && (
        <DeleteDialog call={call} message={message} onClose={() => setDeleting(false)} />
      )}
    </div>
  );
}

function PrivateMark({ call, message, isOwn }: MessageProps & { isOwn: boolean }): JSX.Element {
  const names = (message.to ?? []).map(
    (id) => call.room.roster.participant(id)?.name ?? texts("gone"),
  );
  return (
    <span class="message-private">
      <Icon name="lock" size={14} />
      {isOwn ? texts("private_to", { name: names.join(", ") }) : texts("private_from")}
    </span>
  );
}

function clockTime(atMs: number): string {
  const locale = language.value === "zh" ? "zh-CN" : undefined;
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(atMs);
}
