import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { MAX_CHAT_CHARACTERS } from "../../client";
import { t } from "../i18n/translate";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";

/** From here on the count of what is left is shown. */
const WARN_BELOW = 200;

export function ChatForm({
  call,
  recipient,
}: {
  call: Call;
  recipient: Signal<string | null>;
}): JSX.Element {
  const [text, setText] = useState("");
  const input = useRef<HTMLTextAreaElement>(null);
  const { room } = call;
  const others = room.roster.participants.filter((person) => person.id !== room.participantId);
  const to = others.find((person) => person.id === recipient.value) ?? null;
  // The server counts code points; so does this.
  const left = MAX_CHAT_CHARACTERS - [...text].length;
  const canSend = text.trim() !== "" && left >= 0;
  useEffect(() => input.current?.focus(), [recipient.value]);
  const send = (): void => {
    if (!canSend) return;
    room.chat.send(text.trim(), to?.id ?? null);
    setText("");
    input.current?.focus();
  };
  const handleKey = (event: KeyboardEvent): void => {
    // While an input method composes, Enter belongs to it: it chooses the characters.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class={to === null ? "chat-form" : "chat-form private"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="chat-to">
        <span>{t("chat.to")}</span>
        <select
          data-testid="chat-to"
          value={to?.id ?? ""}
          onChange={(event) => {
            recipient.value = event.currentTarget.value === "" ? null : event.currentTarget.value;
          }}
        >
          <option value="">{t("chat.everybody")}</option>
          {others.map((person) => (
            <option key={person.id} value={person.id}>
              {person.name}
            </option>
          ))}
        </select>
        {left < WARN_BELOW && (
          <span class={left < 0 ? "hint bad" : "hint"} role="status">
            {left < 0
              ? t("chat.too_many", { count: -left })
              : t("chat.left_characters", { count: left })}
          </span>
        )}
      </label>
      <div class="chat-row">
        <textarea
          ref={input}
          data-testid="chat-input"
          rows={Math.min(5, Math.max(1, text.split("\n").length))}
          value={text}
          placeholder={
            to === null ? t("chat.placeholder") : t("chat.placeholder_private", { name: to.name })
          }
          aria-label={
            to === null ? t("chat.placeholder") : t("chat.placeholder_private", { name: to.name })
          }
          aria-invalid={left < 0}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={handleKey}
        />
        <button
          type="submit"
          class="send-button"
          data-testid="chat-send"
          aria-label={t("chat.send")}
          title={t("chat.send")}
          aria-disabled={!canSend}
        >
          <Icon name="send" size={20} />
        </button>
      </div>
    </form>
  );
}
