import { useEffect, useRef } from "preact/hooks";

import { showToast } from "../../state/toasts";
import type { CallProps } from "../feature";
import { deskOf } from "./chat_desk";
import { texts } from "./texts";

/** Says it when somebody mentions one while the chat is not open. Draws nothing. */
export function MentionNotice({ call }: CallProps): null {
  const { messages } = deskOf(call).state;
  const newest = messages.at(-1)?.seq ?? 0;
  const sessionId = call.room.info?.session_id ?? "";
  const seen = useRef({ sessionId, seq: newest });
  useEffect(() => {
    const identity = call.room.self?.identity ?? "";
    const before = seen.current;
    seen.current = { sessionId, seq: newest };
    if (before.sessionId !== sessionId) return;
    const fresh = messages.filter((message) => message.seq > before.seq);
    const mention = fresh.find((message) => message.mentions.includes(identity));
    if (mention === undefined || mention.author === call.room.participantId) return;
    if (call.shell.panel.value !== "chat") {
      showToast(texts("mentioned", { name: mention.authorName }));
    }
  }, [newest, sessionId]);
  return null;
}
