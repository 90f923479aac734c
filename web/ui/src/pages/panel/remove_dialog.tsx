import type { JSX } from "preact";

import type { Participant } from "../../client";
import { t } from "../i18n/translate";
import { Dialog } from "../shared/dialog";
import type { Call } from "../state/call";

/** Asks before somebody is removed. */
export function RemoveDialog({
  call,
  person,
  onClose,
}: {
  call: Call;
  person: Pick<Participant, "id" | "name">;
  onClose: () => void;
}): JSX.Element {
  return (
    <Dialog title={t("people.remove_title", { name: person.name })} onClose={onClose}>
      <p>{t("people.remove_body", { name: person.name })}</p>
      <form method="dialog" class="dialog-actions">
        <button class="secondary-button">{t("app.cancel")}</button>
        <button
          class="danger-button"
          data-testid="remove-confirm"
          onClick={() => void call.attempt(call.room.hosting.removeParticipant(person.id))}
        >
          {t("people.remove_confirm")}
        </button>
      </form>
    </Dialog>
  );
}
