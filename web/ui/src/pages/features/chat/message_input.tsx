import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Participant } from "../../../client";
import { Avatar } from "../../shared/avatar";
import type { Call } from "../../state/call";
import { deskOf } from "./chat_desk";
import type { Mentioning } from "./mentioning";
import { candidatesFor, mentioningAt, withMention } from "./mentioning";
import { texts } from "./texts";

/** Where one writes; after an @ it offers the people in the room. */
export function MessageInput({
  call,
  label,
  isTooLong,
  onSend,
}: {
  call: Call;
  label: string;
  isTooLong: boolean;
  onSend: () => void;
}): JSX.Element {
  const desk = deskOf(call);
  const input = useRef<HTMLTextAreaElement>(null);
  const [mentioning, setMentioning] = useState<Mentioning | null>(null);
  const [chosen, setChosen] = useState(0);
  const text = desk.text.value;
  const { participantId, roster } = call.room;
  const others = mentioning === null ? [] : roster.participants.filter((one) => one.id !== participantId);
  const people = mentioning === null ? [] : candidatesFor(mentioning.typed, others);
  useEffect(() => input.current?.focus(), [desk.recipient.value, desk.replyTo.value]);
  const look = (): void => {
    const caret = input.current?.selectionEnd ?? 0;
    setMentioning(mentioningAt(desk.text.value, caret));
    setChosen(0);
  };
  const mention = (person: Participant): void => {
    if (mentioning === null) return;
    const put = withMention(desk.text.value, mentioning, person.name);
    desk.text.value = put.text;
    desk.mentioned.value = [...desk.mentioned.value.filter((one) => one !== person), person];
    setMentioning(null);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(put.caret, put.caret);
    });
  };
  const handleKey = (event: KeyboardEvent): void => {
    // While an input method composes, its keys belong to it: they choose the characters.
    if (event.isComposing) return;
    const person = people[chosen];
    if (person !== undefined && handlesList(event, people.length, chosen, setChosen)) return;
    if (person !== undefined && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      mention(person);
    } else if (person !== undefined && event.key === "Escape") {
      event.preventDefault();
      setMentioning(null);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      onSend();
    }
  };
  const paste = (event: ClipboardEvent): void => {
    const file = event.clipboardData?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    void desk.picture.choose(file);
  };
  return (
    <div class="chat-input">
      {people.length > 0 && <PeopleList people={people} chosen={chosen} onChoose={mention} />}
      <textarea
        ref={input}
        data-testid="chat-input"
        rows={Math.min(5, Math.max(1, text.split("\n").length))}
        value={text}
        placeholder={label}
        aria-label={label}
        aria-invalid={isTooLong}
        aria-autocomplete="list"
        aria-controls={people.length > 0 ? "chat-mentions" : undefined}
        aria-activedescendant={people.length > 0 ? `chat-mention-${chosen}` : undefined}
        onInput={(event) => {
          desk.text.value = event.currentTarget.value;
          look();
        }}
        onClick={look}
        onBlur={() => setMentioning(null)}
        onKeyDown={handleKey}
        onPaste={paste}
      />
    </div>
  );
}

/** Up and down go through the list and round. */
function handlesList(
  event: KeyboardEvent,
  count: number,
  chosen: number,
  choose: (index: number) => void,
): boolean {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return false;
  event.preventDefault();
  choose((chosen + step + count) % count);
  return true;
}

function PeopleList({
  people,
  chosen,
  onChoose,
}: {
  people: readonly Participant[];
  chosen: number;
  onChoose: (person: Participant) => void;
}): JSX.Element {
  return (
    <ul class="chat-mentions" id="chat-mentions" role="listbox" aria-label={texts("mention_list")}>
      {people.map((person, index) => (
        <li
          key={person.id}
          id={`chat-mention-${index}`}
          role="option"
          aria-selected={index === chosen}
          data-testid="chat-mention"
          // The field keeps the focus, and with it a phone its keyboard.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(person);
          }}
        >
          <Avatar name={person.name} identity={person.identity} />
          <span>{person.name}</span>
        </li>
      ))}
    </ul>
  );
}
