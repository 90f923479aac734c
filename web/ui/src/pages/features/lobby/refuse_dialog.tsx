import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Knock } from "../../../client/plugins/lobby";
import { t } from "../../i18n/translate";
import { Dialog } from "../../shared/dialog";
import type { Call } from "../../state/call";
import { askLobby } from "./lobby";
import { texts } from "./texts";

const MOST_CHARACTERS = 300;

/** Sends somebody away, with a word if one likes. */
export function RefuseDialog({
  call,
  knock,
  onClose,
}: {
  call: Call;
  knock: Knock;
  onClose: () => void;
}): JSX.Element {
  const [message, setMessage] = useState("");
  const [isBanned, setBanned] = useState(false);
  const { name, waitingId, identity } = knock;
  const submit = (): void => {
    if (isBanned) askLobby(call, { type: "ban", identity });
    else askLobby(call, { type: "refuse", waiting_id: waitingId, message });
  };
  return (
    <Dialog title={texts("refuse_title", { name })} onClose={onClose}>
      <form method="dialog" class="refuse-form" onSubmit={submit}>
        <label class="field">
          <span class="field-label">{texts("refuse_message")}</span>
          <input
            type="text"
            data-testid="refuse-message"
            maxLength={MOST_CHARACTERS}
            placeholder={texts("refuse_placeholder")}
            disabled={isBanned}
            value={message}
            onInput={(event) => setMessage(event.currentTarget.value)}
          />
        </label>
        <label class="refuse-ban">
          <input
            type="checkbox"
            data-testid="refuse-ban"
            checked={isBanned}
            onChange={(event) => setBanned(event.currentTarget.checked)}
          />
          <span>{texts("refuse_ban")}</span>
        </label>
        <div class="dialog-actions">
          <button
            type="button"
            class="secondary-button"
            onClick={(event) => event.currentTarget.closest("dialog")?.close()}
          >
            {t("app.cancel")}
          </button>
          <button type="submit" class="danger-button" data-testid="refuse-confirm">
            {texts(isBanned ? "ban_confirm" : "refuse")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
