import type { JSX } from "preact";

import { t } from "../i18n/translate";
import { Avatar } from "../shared/avatar";
import type { Call } from "../state/call";

/** For hosts: who was put out, and the way back in. A lobby has a panel of its own for that. */
export function RemovedList({ call }: { call: Call }): JSX.Element | null {
  const { room } = call;
  const { removed } = room.hosting;
  const hasLobby = call.shell.features.value.some(({ plugin }) => plugin === "lobby");
  if (room.self?.isHost !== true || hasLobby || removed.length === 0) return null;
  return (
    <section class="removed-people" aria-labelledby="removed-title" data-testid="removed-people">
      <h3 id="removed-title">{t("people.removed")}</h3>
      <ul class="people">
        {[...removed].reverse().map(({ identity, name }) => (
          <li key={identity} class="person">
            <Avatar name={name} identity={identity} />
            <div class="person-text">
              <span class="person-name">{name}</span>
              <span class="hint">{t("people.removed_hint")}</span>
            </div>
            <button
              type="button"
              class="secondary-button small"
              data-testid="readmit-button"
              aria-label={t("people.readmit_name", { name })}
              onClick={() => void call.attempt(room.hosting.readmit(identity))}
            >
              {t("people.readmit")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
