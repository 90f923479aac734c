import type { JSX } from "preact";
import { useRef } from "preact/hooks";

import { Icon } from "../../shared/icons";
import {
  change,
  draft,
  MAX_CHOICE_CHARACTERS,
  MOST_CHOICES,
  removeChoice,
  setChoice,
  toggleRight,
} from "./poll_draft";
import { texts } from "./texts";

export function ChoiceEditor(): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const { choices } = draft.value;
  const add = (): void => {
    if (choices.length >= MOST_CHOICES) return;
    change({ choices: [...choices, ""] });
    requestAnimationFrame(() => {
      const fields = list.current?.querySelectorAll<HTMLInputElement>('input[type="text"]');
      fields?.item(fields.length - 1).focus();
    });
  };
  return (
    <div class="choice-editor" ref={list} role="group" aria-label={texts("choices")}>
      <span class="field-label">{texts("choices")}</span>
      {choices.map((choice, index) => (
        <ChoiceField key={index} choice={choice} index={index} onNext={add} />
      ))}
      {choices.length < MOST_CHOICES && (
        <button
          type="button"
          class="text-button choice-add"
          data-testid="add-choice"
          onClick={add}
        >
          {texts("add_choice")}
        </button>
      )}
    </div>
  );
}

/** Enter in the last one adds another. */
function ChoiceField({
  choice,
  index,
  onNext,
}: {
  choice: string;
  index: number;
  onNext: () => void;
}): JSX.Element {
  const { kind, isQuiz, right, choices } = draft.value;
  const number = index + 1;
  return (
    <div class="choice-field">
      {isQuiz && (
        <input
          type={kind === "single" ? "radio" : "checkbox"}
          name="right"
          data-testid="mark-right"
          aria-label={texts("mark_right", { number })}
          checked={right.includes(index)}
          onChange={() => toggleRight(index)}
        />
      )}
      <input
        type="text"
        data-testid="choice-input"
        maxLength={MAX_CHOICE_CHARACTERS}
        placeholder={texts("choice", { number })}
        aria-label={texts("choice", { number })}
        value={choice}
        onInput={(event) => setChoice(index, event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.isComposing) return;
          event.preventDefault();
          if (number === choices.length && choice.trim() !== "") onNext();
        }}
      />
      {choices.length > 2 && (
        <button
          type="button"
          class="icon-button"
          aria-label={texts("remove_choice", { number })}
          title={texts("remove_choice", { number })}
          onClick={() => removeChoice(index)}
        >
          <Icon name="close" size={18} />
        </button>
      )}
    </div>
  );
}
