import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { Panel } from "../../panel/panel";
import type { PanelProps } from "../feature";
import { deskOf } from "./chat_desk";
import { ChatForm } from "./chat_form";
import { MessageList } from "./message_list";
import { texts } from "./texts";

export function ChatPanel({ call, onClose }: PanelProps): JSX.Element {
  const desk = deskOf(call);
  const [isDragging, setDragging] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setDragging(false);
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void desk.picture.choose(file);
  };
  return (
    <Panel title={texts("title")} testId="chat-panel" onClose={onClose}>
      <div
        class="chat"
        onDragOver={(event) => {
          if (event.dataTransfer?.types.includes("Files") !== true) return;
          event.preventDefault();
          setDragging(true);
        }}
        onDragLeave={() => setDragging(false)}
        onDrop={drop}
      >
        <MessageList key={call.room.info?.session_id} call={call} />
        <ChatForm call={call} />
        {isDragging && <p class="chat-drop">{texts("drop_here")}</p>}
      </div>
    </Panel>
  );
}
