import type { JSX } from "preact";

import { Icon } from "../../shared/icons";
import type { CallProps } from "../feature";
import { authorOf } from "./question_card";
import { act, deskOf } from "./question_desk";
import { texts } from "./texts";

/** What is being answered aloud, large, for everybody. */
export function AnsweringBanner({ call }: CallProps): JSX.Element | null {
  const desk = deskOf(call);
  void call.room; // Drawn again when anything in the room changes.
  const question = desk.state.known.get(desk.state.answering);
  if (question === undefined) return null;
  const { number, votes } = question;
  const isMine = desk.state.mine.includes(number);
  return (
    <section class="banner answering-banner" data-testid="answering-banner" data-number={number}>
      <div class="answering-main" role="status">
        <p class="answering-label">
          <Icon name="question" size={18} />
          {texts("answering_now")}
        </p>
        <p class="answering-text">{question.text}</p>
        <p class="hint">
          {authorOf(question, isMine)} · {texts("votes", { votes })}
        </p>
      </div>
      {desk.mayAnswer && (
        <div class="answering-actions">
          <button
            type="button"
            class="primary-button small"
            data-testid="answering-done"
            onClick={() => void act(call, "done", number)}
          >
            {texts("done")}
          </button>
          <button
            type="button"
            class="secondary-button small"
            data-testid="answering-back"
            onClick={() => void act(call, "reopen", number)}
          >
            {texts("put_back")}
          </button>
        </div>
      )}
    </section>
  );
}
