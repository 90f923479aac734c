import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { Dialog } from "../../shared/dialog";
import type { CallProps } from "../feature";
import { floorOf } from "./floor";
import { texts } from "./texts";

const MOST_CHARACTERS = 200;

/** Why one's hand is up: the hosts see it in the queue. */
export function ReasonDialog({
  call,
  reason,
  onClose,
}: CallProps & { reason: string; onClose: () => void }): JSX.Element {
  const [text, setText] = useState(reason);
  const said = text.trim();
  const send = (): void => {
    if (said === "" || said === reason) return;
    void call.attempt(floorOf(call).request({ type: "raise_hand", reason: said }));
  };
  return (
    <Dialog title={texts("why_title")} onClose={onClose}>
      <form method="dialog" onSubmit={send}>
        <label class="field">
          <span class="field-label">{texts("why_label")}</span>
          <input
            type="text"
            data-testid="reason-input"
            value={text}
            maxLength={MOST_CHARACTERS}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <div class="dialog-actions">
          <button type="button" class="secondary-button" onClick={onClose}>
            {texts("cancel")}
          </button>
          <button class="primary-button" data-testid="reason-send">
            {texts("why_send")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
