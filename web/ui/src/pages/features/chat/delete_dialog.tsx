import type { JSX } from "preact";

import type { ChatMessage } from "../../../client/plugins/chat";
import { t } from "../../i18n/translate";
import { Dialog } from "../../shared/dialog";
import type { Call } from "../../state/call";
import { deskOf } from "./chat_desk";
import { texts } from "./texts";

export function DeleteDialog({
  call,
  message,
  onClose,
}: {
  call: Call;
  message: ChatMessage;
  onClose: () => void;
}): JSX.Element {
  const remove = (): void => {
    const body = { type: "delete_message", message_id: message.id, seq: message.seq };
    void call.attempt(deskOf(call).request(body));
  };
  return (
    <Dialog title={texts("delete_title")} onClose={onClose}>
      {message.text !== "" && <blockquote class="message-quoted">{message.text}</blockquote>}
      <p>{texts("delete_body")}</p>
      <form method="dialog" class="dialog-actions">
        <button class="secondary-button">{t("app.cancel")}</button>
        <button class="danger-button" data-testid="chat-delete-confirm" onClick={remove}>
          {texts("delete_confirm")}
        </button>
      </form>
    </Dialog>
  );
}
