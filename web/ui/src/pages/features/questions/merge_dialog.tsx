import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { listed } from "../../../client/plugins/questions";
import { Dialog } from "../../shared/dialog";
import type { QuestionDialogProps } from "./answer_dialog";
import { act, deskOf } from "./question_desk";
import { texts } from "./texts";

/** Which question this one goes into, of those with the most votes. */
export function MergeDialog({ call, question, onClose }: QuestionDialogProps): JSX.Element {
  const [into, setInto] = useState(0);
  const { state } = deskOf(call);
  const numbers = state.desk.length > 0 ? state.desk : state.board;
  const others = listed(state, numbers, "votes").filter((other) => other.number !== question.number);
  const send = async (): Promise<void> => {
    if (into !== 0 && (await act(call, "merge", question.number, { into }))) onClose();
  };
  return (
    <Dialog title={texts("merge_title")} onClose={onClose}>
      <p class="question-quoted">{question.text}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p class="hint">{texts(others.length === 0 ? "merge_none" : "merge_hint")}</p>
        <div class="choice-list" role="radiogroup" aria-label={texts("merge_title")}>
          {others.map((other) => (
            <label key={other.number} class="choice-row">
              <input
                type="radio"
                name="into"
                data-testid="merge-choice"
                checked={into === other.number}
                onChange={() => setInto(other.number)}
              />
              <span>{other.text}</span>
              <span class="hint">{texts("votes", { votes: other.votes })}</span>
            </label>
          ))}
        </div>
        <div class="dialog-actions">
          <button type="button" class="secondary-button" onClick={onClose}>
            {texts("cancel")}
          </button>
          <button class="primary-button" data-testid="merge-send" disabled={into === 0}>
            {texts("merge_send")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
