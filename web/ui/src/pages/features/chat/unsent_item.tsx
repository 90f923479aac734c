import type { JSX } from "preact";

import type { UnsentMessage } from "../../../client/plugins/chat_outbox";
import { explainError } from "../../i18n/errors";
import type { Call } from "../../state/call";
import { deskOf } from "./chat_desk";
import { texts } from "./texts";

/** A message that is not confirmed: on its way, or failed and waiting for a decision. */
export function UnsentItem({ call, message }: { call: Call; message: UnsentMessage }): JSX.Element {
  const desk = deskOf(call);
  const { draft, error, nonce } = message;
  return (
    <article
      class={`message own unsent ${error === null ? "" : "failed"}`}
      data-testid="chat-unsent"
    >
      <p dir="auto">{draft.text || texts("quoted_picture")}</p>
      {error === null ? (
        <span class="hint">{texts("sending")}</span>
      ) : (
        <div class="message-failed" role="alert">
          <span>{`${texts("failed")} ${explainError(error)}`}</span>
          <button type="button" class="text-button" onClick={() => desk.retry(nonce)}>
            {texts("retry")}
          </button>
          <button type="button" class="text-button" onClick={() => desk.discard(nonce)}>
            {texts("discard")}
          </button>
        </div>
      )}
    </article>
  );
}
