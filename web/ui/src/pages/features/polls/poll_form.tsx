import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { POLL_KINDS, SHOWS } from "../../../client/plugins/polls";
import { openPoll } from "../../../client/plugins/polls";
import type { Call } from "../../state/call";
import { ChoiceEditor } from "./choice_editor";
import {
  change,
  draft,
  EMPTY_DRAFT,
  isComplete,
  MAX_POLL_CHARACTERS,
  setKind,
  setQuiz,
  TIMERS,
  toRequest,
} from "./poll_draft";
import { askPolls, isMaking, pollsOf } from "./polls";
import { texts } from "./texts";

/** Makes a poll; what is filled in stays until it is taken. */
export function PollForm({ call }: { call: Call }): JSX.Element {
  const [isSending, setSending] = useState(false);
  const poll = draft.value;
  const canSend = isComplete(poll) && !isSending;
  const isBusy = openPoll(pollsOf(call)) !== undefined;
  const send = async (opens: boolean): Promise<void> => {
    if (!canSend) return;
    setSending(true);
    const isTaken = await askPolls(call, toRequest(poll, opens));
    setSending(false);
    if (!isTaken) return;
    draft.value = EMPTY_DRAFT;
    isMaking.value = false;
  };
  return (
    <form
      class="poll-form"
      data-testid="poll-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(!isBusy);
      }}
    >
      <div class="poll-fields">
        <KindButtons />
        <label class="field">
          <span class="field-label">{texts("question")}</span>
          <textarea
            data-testid="poll-question"
            rows={2}
            maxLength={MAX_POLL_CHARACTERS}
            value={poll.text}
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
        </label>
        {poll.kind !== "text" && (
          <>
            <ChoiceEditor />
            <Switch
              testId="poll-quiz"
              label={texts("is_quiz")}
              hint={texts("is_quiz_hint")}
              isOn={poll.isQuiz}
              onChange={setQuiz}
            />
          </>
        )}
        <Rules />
      </div>
      <div class="poll-form-actions">
        <button
          type="button"
          class="secondary-button"
          data-testid="poll-cancel"
          onClick={() => (isMaking.value = false)}
        >
          {texts("cancel")}
        </button>
        <button
          type="button"
          class={isBusy ? "primary-button" : "secondary-button"}
          data-testid="poll-save"
          aria-disabled={!canSend}
          onClick={() => void send(false)}
        >
          {texts("save_draft")}
        </button>
        {!isBusy && (
          <button class="primary-button" data-testid="poll-open-now" aria-disabled={!canSend}>
            {texts("open_now")}
          </button>
        )}
      </div>
    </form>
  );
}

function KindButtons(): JSX.Element {
  return (
    <div class="poll-kinds" role="group" aria-label={texts("kind")}>
      {POLL_KINDS.map((kind) => (
        <button
          key={kind}
          type="button"
          class="poll-kind"
          data-testid={`kind-${kind}`}
          aria-pressed={draft.value.kind === kind}
          onClick={() => setKind(kind)}
        >
          {texts(`kind_${kind}`)}
        </button>
      ))}
    </div>
  );
}

function Rules(): JSX.Element {
  const { shows, isNamed, mayChange, seconds } = draft.value;
  return (
    <>
      <label class="field">
        <span class="field-label">{texts("shows")}</span>
        <select
          data-testid="poll-shows"
          value={shows}
          onChange={(event) =>
            change({ shows: SHOWS.find((each) => each === event.currentTarget.value) ?? "live" })
          }
        >
          {SHOWS.map((each) => (
            <option key={each} value={each}>
              {texts(`shows_${each}`)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span class="field-label">{texts("timer")}</span>
        <select
          data-testid="poll-timer"
          value={String(seconds)}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            change({ seconds: TIMERS.find((each) => String(each) === chosen) ?? null });
          }}
        >
          {TIMERS.map((each) => (
            <option key={each} value={String(each)}>
              {timerText(each)}
            </option>
          ))}
        </select>
      </label>
      <Switch
        testId="poll-named"
        label={texts("with_names")}
        hint={texts("with_names_hint")}
        isOn={isNamed}
        onChange={(isOn) => change({ isNamed: isOn })}
      />
      <Switch
        testId="poll-change"
        label={texts("may_change")}
        hint={texts("may_change_hint")}
        isOn={mayChange}
        onChange={(isOn) => change({ mayChange: isOn })}
      />
    </>
  );
}

function timerText(seconds: number | null): string {
  if (seconds === null) return texts("timer_none");
  if (seconds < 60) return texts("timer_seconds", { count: seconds });
  return texts("timer_minutes", { count: seconds / 60 });
}

function Switch({
  testId,
  label,
  hint,
  isOn,
  onChange,
}: {
  testId: string;
  label: string;
  hint: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}): JSX.Element {
  return (
    <label class="check-row">
      <input
        type="checkbox"
        data-testid={testId}
        checked={isOn}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="check-text">
        <span>{label}</span>
        <span class="hint">{hint}</span>
      </span>
    </label>
  );
}
