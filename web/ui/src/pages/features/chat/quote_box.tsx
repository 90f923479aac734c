import { useComputed } from "@preact/signals";
import type { JSX } from "preact";

import type { ChatQuote } from "../../../client/plugins/chat";
import type { Call } from "../../state/call";
import { deskOf } from "./chat_desk";
import { texts } from "./texts";

const SHOWN_MS = 1600;

/** What a message answers; leads there if it is on the page. */
export function QuoteBox({ call, quote }: { call: Call; quote: ChatQuote }): JSX.Element {
  const desk = deskOf(call);
  const { messageId } = quote;
  const quoted = useComputed(() => desk.byId.value.get(messageId)).value;
  const isGone = quoted?.isDeleted === true;
  const text = isGone ? texts("quoted_gone") : quote.text || texts("quoted_picture");
  return (
    <button
      type="button"
      class="message-quote"
      disabled={quoted === undefined}
      onClick={() => showMessage(messageId)}
    >
      <b>{quote.authorName}</b>
      <span dir="auto">{text}</span>
    </button>
  );
}

function showMessage(id: string): void {
  const element = document.querySelector(`[data-message="${CSS.escape(id)}"]`);
  element?.scrollIntoView({ block: "center" });
  element?.classList.add("shown");
  setTimeout(() => element?.classList.remove("shown"), SHOWN_MS);
}
