import type { JSX } from "preact";

import { t } from "../i18n/translate";
import { dismissToast, toasts } from "../state/toasts";
import { Icon } from "./icons";

export function ToastList(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.tone}`}>
          {toast.tone === "warning" && <Icon name="warning" size={18} />}
          <span>{toast.text}</span>
          <button
            type="button"
            class="icon-button small"
            aria-label={t("app.dismiss")}
            onClick={() => dismissToast(toast.id)}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </div>
  );
}
