import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Poll } from "../../../client/plugins/polls";
import type { Call } from "../../state/call";
import { askPolls, MAX_TEXT_CHARACTERS } from "./polls";
import { texts } from "./texts";

/** Choose and send; once sent, one may come back to it if the poll allows it. */
export function BallotForm({ call, poll }: { call: Call; poll: Poll }): JSX.Element {
  const [choices, setChoices] = useState<readonly number[]>(poll.ownChoices);
  const [text, setText] = useState(poll.ownText);
  const [isChanging, setChanging] = useState(false);
  const [isSending, setSending] = useState(false);
  const isFixed = poll.hasVoted && !isChanging;
  const excess = [...text.trim()].length - MAX_TEXT_CHARACTERS;
  const isFilled = poll.kind === "text" ? text.trim() !== "" && excess <= 0 : choices.length > 0;
  const send = async (): Promise<void> => {
    if (!isFilled || isSending) return;
    setSending(true);
    const answer = poll.kind === "text" ? { text } : { choices };
    const isTaken = await askPolls(call, { type: "vote", number: poll.number, ...answer });
    setSending(false);
    if (isTaken) setChanging(false);
  };
  if (isFixed) return <Sent poll={poll} onChange={() => setChanging(true)} />;
  return (
    <form
      class="ballot"
      data-testid="ballot"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {poll.kind === "text" ? (
        <TextField text={text} excess={excess} onText={setText} />
      ) : (
        <ChoiceFields poll={poll} chosen={choices} onChoose={setChoices} />
      )}
      {poll.isNamed && <p class="hint">{texts("named_hint")}</p>}
      <button
        class="primary-button ballot-send"
        data-testid="ballot-send"
        aria-disabled={!isFilled || isSending}
      >
        {texts("send")}
      </button>
    </form>
  );
}

function Sent({ poll, onChange }: { poll: Poll; onChange: () => void }): JSX.Element {
  const chosen = poll.ownChoices.map((choice) => poll.choices[choice] ?? "");
  const answer = poll.kind === "text" ? poll.ownText : chosen.join(", ");
  return (
    <div class="ballot-sent" data-testid="ballot-sent">
      <p role="status">{texts(poll.mayChange ? "sent" : "sent_final")}</p>
      <p class="poll-own">{texts("your_answer", { answer })}</p>
      {poll.mayChange && (
        <button
          type="button"
          class="text-button ballot-change"
          data-testid="ballot-change"
          title={texts("changed_hint")}
          onClick={onChange}
        >
          {texts("change")}
        </button>
      )}
    </div>
  );
}

function ChoiceFields({
  poll,
  chosen,
  onChoose,
}: {
  poll: Poll;
  chosen: readonly number[];
  onChoose: (chosen: readonly number[]) => void;
}): JSX.Element {
  const isSingle = poll.kind === "single";
  const toggle = (index: number): void => {
    if (isSingle) onChoose([index]);
    else if (chosen.includes(index)) onChoose(chosen.filter((other) => other !== index));
    else onChoose([...chosen, index]);
  };
  return (
    <fieldset class="ballot-choices" aria-label={poll.text}>
      {!isSingle && <p class="hint">{texts("several")}</p>}
      {poll.choices.map((choice, index) => (
        <label key={choice} class={chosen.includes(index) ? "ballot-choice on" : "ballot-choice"}>
          <input
            type={isSingle ? "radio" : "checkbox"}
            name={`poll-${poll.number}`}
            data-testid="ballot-choice"
            checked={chosen.includes(index)}
            onChange={() => toggle(index)}
          />
          <span>{choice}</span>
        </label>
      ))}
    </fieldset>
  );
}

function TextField({
  text,
  excess,
  onText,
}: {
  text: string;
  excess: number;
  onText: (text: string) => void;
}): JSX.Element {
  return (
    <label class="field">
      <span class="field-label">{texts("text_label")}</span>
      <textarea
        data-testid="ballot-text"
        rows={3}
        value={text}
        aria-invalid={excess > 0}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {excess > 0 && (
        <span class="hint bad" role="alert">
          {texts("too_long", { count: excess })}
        </span>
      )}
    </label>
  );
}
