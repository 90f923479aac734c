import type { JSX } from "preact";

import { Icon } from "../../shared/icons";
import { succeeds } from "../../state/attempts";
import type { Call } from "../../state/call";
import { deskOf, MAX_QUESTION_CHARACTERS } from "./question_desk";
import { texts } from "./texts";

/** What was typed stays until the server has taken it. */
export function AskForm({ call }: { call: Call }): JSX.Element {
  const desk = deskOf(call);
  const { allowsAnonymous, isModerated } = desk.state;
  const text = desk.text.value;
  const excess = [...text.trim()].length - MAX_QUESTION_CHARACTERS;
  const canSend = text.trim() !== "" && excess <= 0 && !desk.isSending.value;
  const send = async (): Promise<void> => {
    if (!canSend) return;
    desk.isSending.value = true;
    const isAnonymous = allowsAnonymous && desk.isAnonymous.value;
    const request = desk.request({ type: "ask", text, anonymous: isAnonymous });
    const isTaken = await succeeds(request);
    desk.isSending.value = false;
    if (!isTaken) return;
    if (desk.text.value === text) desk.text.value = "";
    // The only list that has it until it is published.
    if (isModerated) desk.list.value = "mine";
  };
  return (
    <form
      class="ask-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="ask-row">
        <textarea
          data-testid="ask-input"
          rows={2}
          value={text}
          placeholder={texts("ask_placeholder")}
          aria-label={texts("ask_label")}
          aria-invalid={excess > 0}
          onInput={(event) => (desk.text.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            // While an input method composes, Enter chooses the characters.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <button
          type="submit"
          class="send-button"
          data-testid="ask-send"
          aria-label={texts("ask_send")}
          title={texts("ask_send")}
          aria-disabled={!canSend}
        >
          <Icon name="send" size={20} />
        </button>
      </div>
      <div class="ask-notes">
        {allowsAnonymous && (
          <label class="check-row">
            <input
              type="checkbox"
              data-testid="ask-anonymous"
              checked={desk.isAnonymous.value}
              onChange={(event) => (desk.isAnonymous.value = event.currentTarget.checked)}
            />
            <span>{texts("ask_anonymous")}</span>
          </label>
        )}
        {excess > 0 ? (
          <span class="hint bad" role="alert">
            {texts("too_long", { count: excess })}
          </span>
        ) : (
          isModerated && <span class="hint">{texts("ask_moderated")}</span>
        )}
      </div>
    </form>
  );
}
