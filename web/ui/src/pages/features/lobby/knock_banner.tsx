import type { JSX } from "preact";

import { Icon } from "../../shared/icons";
import type { CallProps } from "../feature";
import { askLobby, isHost, lobbyOf } from "./lobby";
import { texts } from "./texts";

/** Tells hosts who waits; the panel, once it is open, does so itself. */
export function KnockBanner({ call }: CallProps): JSX.Element | null {
  if (!isHost(call) || call.shell.panel.value === "lobby") return null;
  const { waiting, waitingTotal } = lobbyOf(call).state;
  const [first] = waiting;
  if (first === undefined) return null;
  const isAlone = waitingTotal === 1;
  return (
    <div class="banner banner-calm knock-banner" data-testid="knock-banner">
      <Icon name="door" size={20} />
      <span class="banner-text" role="status">
        <strong>
          {isAlone
            ? texts("knock_one", { name: first.name })
            : texts("knock_many", { count: waitingTotal })}
        </strong>
        {!isAlone && <span>{texts("knock_hint", { name: first.name })}</span>}
      </span>
      <span class="knock-actions">
        {isAlone && (
          <button
            type="button"
            class="primary-button knock-button"
            data-testid="knock-admit"
            aria-label={texts("admit_name", { name: first.name })}
            onClick={() => askLobby(call, { type: "admit", waiting_ids: [first.waitingId] })}
          >
            {texts("admit")}
          </button>
        )}
        {!isAlone && (
          <button
            type="button"
            class="primary-button knock-button"
            data-testid="knock-admit-all"
            onClick={() => askLobby(call, { type: "admit_all" })}
          >
            {texts("admit_all")}
          </button>
        )}
        {isAlone && (
          <button
            type="button"
            class="secondary-button knock-button"
            data-testid="knock-refuse"
            aria-label={texts("refuse_name", { name: first.name })}
            onClick={() =>
              askLobby(call, { type: "refuse", waiting_id: first.waitingId, message: "" })
            }
          >
            {texts("refuse")}
          </button>
        )}
        <button
          type="button"
          class="secondary-button knock-button"
          data-testid="knock-show"
          onClick={() => call.shell.openPanel("lobby")}
        >
          {texts("show")}
        </button>
      </span>
    </div>
  );
}
