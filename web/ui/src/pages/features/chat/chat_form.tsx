import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Participant } from "../../../client";
import { MAX_CHAT_CHARACTERS } from "../../../client/plugins/chat";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import type { ChatDesk } from "./chat_desk";
import { deskOf } from "./chat_desk";
import { MessageInput } from "./message_input";
import { ModeBar } from "./mode_bar";
import { PictureBar, PictureButton } from "./picture_bar";
import { texts } from "./texts";

/** Of more people only the hosts are offered to be written to. */
const MOST_LISTED = 200;
/** From here on the count of what is left is shown. */
const WARN_BELOW = 200;

export function ChatForm({ call }: { call: Call }): JSX.Element {
  const desk = deskOf(call);
  const people = recipientsOf(call, desk);
  const to = people.find((person) => person.id === desk.recipient.value) ?? null;
  const mustChoose = desk.hostsOnly.value && !desk.runsRoom;
  // The server counts code points; so does this.
  const left = MAX_CHAT_CHARACTERS - [...desk.text.value].length;
  const waitS = useWaitS(desk);
  const picture = desk.picture.state.value;
  const isPictureReady = picture === null || picture.uploaded !== null;
  const hasContent = desk.text.value.trim() !== "" || picture !== null;
  const mayWrite = !mustChoose || to !== null;
  const canSend = hasContent && left >= 0 && isPictureReady && mayWrite && waitS === 0;
  useEffect(() => {
    // With only hosts to write to, the first of them is chosen; who has left is not kept.
    if (mustChoose && to === null) desk.recipient.value = people[0]?.id ?? null;
  }, [mustChoose, to === null, people[0]?.id]);
  const send = (): void => {
    if (!canSend) return;
    desk.recipient.value = to?.id ?? null;
    desk.send();
  };
  const label =
    to === null ? texts("placeholder") : texts("placeholder_private", { name: to.name });
  return (
    <form
      class={to === null ? "chat-form" : "chat-form private"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <ModeBar call={call} />
      <ReplyBar desk={desk} />
      <PictureBar draft={desk.picture} />
      <div class="chat-to">
        <Recipient desk={desk} people={people} to={to} mustChoose={mustChoose} />
        <Remark left={left} waitS={waitS} />
      </div>
      <div class="chat-row">
        <PictureButton draft={desk.picture} />
        <MessageInput call={call} label={label} isTooLong={left < 0} onSend={send} />
        <button
          type="submit"
          class="send-button"
          data-testid="chat-send"
          aria-label={texts("send")}
          title={texts("send")}
          aria-disabled={!canSend}
        >
          <Icon name="send" size={20} />
        </button>
      </div>
    </form>
  );
}

/** Whom one may write to in private. */
function recipientsOf(call: Call, desk: ChatDesk): readonly Participant[] {
  const { participantId, roster } = call.room;
  const others = roster.participants.filter((person) => person.id !== participantId);
  const isHost = ({ role }: Participant): boolean => role === "host" || role === "assistant";
  if (desk.hostsOnly.value && !desk.runsRoom) return others.filter(isHost);
  if (others.length <= MOST_LISTED) return others;
  // Nobody finds one of thousands in such a list: one writes to them from the list of people.
  return others.filter((person) => isHost(person) || person.id === desk.recipient.value);
}

function Recipient({
  desk,
  people,
  to,
  mustChoose,
}: {
  desk: ChatDesk;
  people: readonly Participant[];
  to: Participant | null;
  mustChoose: boolean;
}): JSX.Element {
  return (
    <label>
      <span>{texts("to")}</span>
      <select
        data-testid="chat-to"
        value={to?.id ?? ""}
        onChange={(event) => {
          const id = event.currentTarget.value;
          desk.recipient.value = id === "" ? null : id;
        }}
      >
        {!mustChoose && <option value="">{texts("everybody")}</option>}
        {mustChoose && people.length === 0 && <option value="">{texts("no_host")}</option>}
        {people.map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Remark({ left, waitS }: { left: number; waitS: number }): JSX.Element | null {
  if (waitS > 0) {
    return (
      <span class="hint" role="timer">
        {texts("slow_wait", { count: waitS })}
      </span>
    );
  }
  if (left >= WARN_BELOW) return null;
  return (
    <span class={left < 0 ? "hint bad" : "hint"} role="status">
      {left < 0 ? texts("too_many", { count: -left }) : texts("left_characters", { count: left })}
    </span>
  );
}

function ReplyBar({ desk }: { desk: ChatDesk }): JSX.Element | null {
  const message = desk.replyTo.value;
  if (message === null) return null;
  return (
    <div class="chat-reply" data-testid="chat-reply-bar">
      <div>
        <b>{texts("replying_to", { name: message.authorName })}</b>
        <span dir="auto">{message.text || texts("quoted_picture")}</span>
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={texts("cancel_reply")}
        title={texts("cancel_reply")}
        onClick={() => {
          desk.replyTo.value = null;
        }}
      >
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}

/** The seconds that slow mode still holds one back, counted down while there are any. */
function useWaitS(desk: ChatDesk): number {
  const [, redraw] = useState(0);
  const waitMs = desk.waitMs(performance.now());
  useEffect(() => {
    if (waitMs <= 0) return undefined;
    const timer = setTimeout(() => redraw((count) => count + 1), Math.min(waitMs, 1000));
    return () => clearTimeout(timer);
  });
  return Math.ceil(waitMs / 1000);
}
