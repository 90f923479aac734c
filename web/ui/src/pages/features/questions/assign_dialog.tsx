import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { Dialog } from "../../shared/dialog";
import type { QuestionDialogProps } from "./answer_dialog";
import { act } from "./question_desk";
import { texts } from "./texts";

/** Which of those who run the room takes care of a question. */
export function AssignDialog({ call, question, onClose }: QuestionDialogProps): JSX.Element {
  const colleagues = call.room.roster.participants.filter(
    ({ role }) => role === "host" || role === "assistant",
  );
  const current = colleagues.find(({ identity }) => identity === question.assigneeIdentity);
  const [chosen, setChosen] = useState<string | null>(current?.id ?? null);
  const send = async (): Promise<void> => {
    if (await act(call, "assign", question.number, { participant_id: chosen })) onClose();
  };
  const row = (id: string | null, name: string): JSX.Element => (
    <label key={id} class="choice-row">
      <input
        type="radio"
        name="colleague"
        data-testid="assign-choice"
        checked={chosen === id}
        onChange={() => setChosen(id)}
      />
      <span>{name}</span>
    </label>
  );
  return (
    <Dialog title={texts("assign_title")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div class="choice-list" role="radiogroup" aria-label={texts("assign_title")}>
          {row(null, texts("assign_nobody"))}
          {colleagues.map(({ id, name }) => row(id, name))}
        </div>
        <div class="dialog-actions">
          <button type="button" class="secondary-button" onClick={onClose}>
            {texts("cancel")}
          </button>
          <button class="primary-button" data-testid="assign-send">
            {texts("assign_send")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
