import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { PersonButton } from "../../panel/person_button";
import type { PersonProps } from "../feature";
import { askLobby, isHost } from "./lobby";
import { texts } from "./texts";

/** For hosts: keep somebody out of this session. The second press does it. */
export function BanPerson({ call, person }: PersonProps): JSX.Element | null {
  const [isSure, setSure] = useState(false);
  if (!isHost(call) || person.isHost || person.role === "assistant") return null;
  const { name, identity } = person;
  if (!isSure) {
    return (
      <PersonButton
        icon="ban"
        label={texts("ban", { name })}
        testId="ban-button"
        onClick={() => setSure(true)}
      />
    );
  }
  return (
    <button
      type="button"
      class="danger-button lobby-ban"
      data-testid="ban-confirm"
      ref={(button) => button?.focus()}
      onBlur={() => setSure(false)}
      onClick={() => askLobby(call, { type: "ban", identity })}
    >
      {texts("ban", { name })}
    </button>
  );
}
