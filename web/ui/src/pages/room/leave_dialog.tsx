import type { JSX } from "preact";

import { t } from "../i18n/translate";
import { Dialog } from "../shared/dialog";
import type { Call } from "../state/call";

/** One's own way out; a host may also end the session for everybody. */
export function LeaveDialog({ call, onClose }: { call: Call; onClose: () => void }): JSX.Element {
  const isHost = call.room.self?.isHost === true;
  return (
    <Dialog title={t("leave.title")} onClose={onClose}>
      <p>{t(isHost ? "leave.body_host" : "leave.body")}</p>
      <form method="dialog" class="dialog-actions">
        <button class="secondary-button">{t("app.cancel")}</button>
        {isHost && (
          <button
            class="danger-button"
            data-testid="end-for-all"
            onClick={() => void call.attempt(call.room.hosting.endSession())}
          >
            {t("leave.end_for_all")}
          </button>
        )}
        <button
          class={isHost ? "primary-button" : "danger-button"}
          data-testid="leave-confirm"
          onClick={() => call.leave()}
        >
          {t("leave.confirm")}
        </button>
      </form>
    </Dialog>
  );
}
