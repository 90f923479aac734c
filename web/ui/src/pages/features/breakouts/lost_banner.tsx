import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { LostGroup } from "../../../client/plugins/breakouts";
import { Icon } from "../../shared/icons";
import type { CallProps } from "../feature";
import { askBreakouts, breakoutsOf, leadsGroups, ownGroupOf, runsRoom } from "./breakouts";
import { texts } from "./texts";

/** A group broke down: its people are told why they are back, and hosts where to look. */
export function LostBanner({ call }: CallProps): JSX.Element | null {
  const [hiddenAtUs, setHiddenAtUs] = useState(-1);
  const isHost = runsRoom(call);
  const { lost, own } = breakoutsOf(call).state;
  const concerns = (group: LostGroup): boolean =>
    group.atUs > hiddenAtUs && (isHost || group.number === ownGroupOf(call)?.number);
  const newest = own === null ? lost.filter(concerns).at(-1) : undefined;
  if (newest === undefined) return null;
  const { name: group } = newest;
  return (
    <div class="banner banner-warning groups-banner" role="alert" data-testid="lost-banner">
      <Icon name="lost" size={20} />
      <span class="banner-text">
        <strong>{texts(isHost ? "lost_of" : "lost_own", { group })}</strong>
        <span>{texts(isHost ? "lost_of_hint" : "lost_own_hint")}</span>
      </span>
      <span class="groups-actions">
        {leadsGroups(call) && (
          <button
            type="button"
            class="primary-button small"
            data-testid="lost-reopen"
            aria-label={texts("reopen_group", { group })}
            onClick={() => void askBreakouts(call, { type: "reopen", number: newest.number })}
          >
            {texts("reopen")}
          </button>
        )}
        {leadsGroups(call) && call.shell.panel.value !== "breakouts" && (
          <button
            type="button"
            class="secondary-button small"
            onClick={() => call.shell.openPanel("breakouts")}
          >
            {texts("look")}
          </button>
        )}
        <button
          type="button"
          class="secondary-button small"
          data-testid="lost-hide"
          onClick={() => setHiddenAtUs(newest.atUs)}
        >
          {texts("dismiss")}
        </button>
      </span>
    </div>
  );
}
