import type { JSX } from "preact";

import type { ChatMessage, UnsentMessage } from "../../client";
import { explainError } from "../i18n/errors";
import { language, t } from "../i18n/translate";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";

export function MessageItem({
  call,
  message,
  isGrouped,
}: {
  call: Call;
  message: ChatMessage;
  isGrouped: boolean;
}): JSX.Element {
  const isOwn = message.author === call.room.participantId;
  const atMs = (call.room.info?.started_at_unix_s ?? 0) * 1000 + message.atUs / 1000;
  return (
    <article
      class={`message ${isOwn ? "own" : ""} ${isGrouped ? "grouped" : ""}`}
      data-testid="chat-message"
      data-author={message.author}
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
      <p dir="auto">{message.text}</p>
    </article>
  );
}

function PrivateMark({
  call,
  message,
  isOwn,
}: {
  call: Call;
  message: ChatMessage;
  isOwn: boolean;
}): JSX.Element {
  const names = (message.to ?? []).map(
    (id) => call.room.roster.participant(id)?.name ?? t("chat.gone"),
  );
  return (
    <span class="message-private">
      <Icon name="lock" size={14} />
      {isOwn ? t("chat.private_to", { name: names.join(", ") }) : t("chat.private_from")}
    </span>
  );
}

/** A message that is not confirmed: on its way, or failed and waiting for a decision. */
export function UnsentItem({ call, message }: { call: Call; message: UnsentMessage }): JSX.Element {
  const { chat } = call.room;
  const { error } = message;
  return (
    <article
      class={`message own unsent ${error === null ? "" : "failed"}`}
      data-testid="chat-unsent"
    >
      <p dir="auto">{message.text}</p>
      {error === null ? (
        <span class="hint">{t("chat.sending")}</span>
      ) : (
        <div class="message-failed" role="alert">
          <span>{`${t("chat.failed")} ${explainError(error)}`}</span>
          <button type="button" class="text-button" onClick={() => chat.retry(message.localId)}>
            {t("chat.retry")}
          </button>
          <button type="button" class="text-button" onClick={() => chat.discard(message.localId)}>
            {t("chat.discard")}
          </button>
        </div>
      )}
    </article>
  );
}

function clockTime(atMs: number): string {
  const locale = language.value === "zh" ? "zh-CN" : undefined;
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(atMs);
}
