import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Question } from "../../../client/plugins/questions";
import { Dialog } from "../../shared/dialog";
import type { Call } from "../../state/call";
import { act, MAX_ANSWER_CHARACTERS } from "./question_desk";
import { texts } from "./texts";

export interface QuestionDialogProps {
  call: Call;
  question: Question;
  onClose: () => void;
}

/** Stays open, with what was typed, until the answer is taken. */
export function AnswerDialog({ call, question, onClose }: QuestionDialogProps): JSX.Element {
  const [text, setText] = useState(question.answer);
  const [isSending, setSending] = useState(false);
  const { number } = question;
  const isTooLong = [...text].length > MAX_ANSWER_CHARACTERS;
  const send = async (): Promise<void> => {
    if (isSending || isTooLong || text.trim() === "") return;
    setSending(true);
    const isTaken = await act(call, "answer", number, { text });
    setSending(false);
    if (isTaken) onClose();
  };
  return (
    <Dialog title={texts("answer_title", { number })} onClose={onClose}>
      <p class="question-quoted">{question.text}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="field">
          <span class="field-label">{texts("answer_label")}</span>
          <textarea
            data-testid="answer-input"
            rows={4}
            value={text}
            aria-invalid={isTooLong}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {isTooLong && (
          <p class="hint bad" role="alert">
            {texts("too_long", { count: [...text].length - MAX_ANSWER_CHARACTERS })}
          </p>
        )}
        <div class="dialog-actions">
          <button type="button" class="secondary-button" onClick={onClose}>
            {texts("cancel")}
          </button>
          <button class="primary-button" data-testid="answer-send" aria-disabled={isSending}>
            {texts("answer_send")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
