import type { JSX } from "preact";

import { PersonButton } from "../../panel/person_button";
import type { PersonProps } from "../feature";
import { deskOf } from "./chat_desk";
import { texts } from "./texts";

/** Opens the chat for a message that only this person sees. */
export function WriteTo({ call, person }: PersonProps): JSX.Element | null {
  if (person.id === call.room.participantId) return null;
  return (
    <PersonButton
      icon="chat"
      label={texts("write_to", { name: person.name })}
      onClick={() => {
        deskOf(call).recipient.value = person.id;
        call.shell.openPanel("chat");
      }}
    />
  );
}
