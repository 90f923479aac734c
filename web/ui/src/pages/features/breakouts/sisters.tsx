import type { JSX } from "preact";

import type { CallProps } from "../feature";
import { askBreakouts, breakoutsOf } from "./breakouts";
import { texts } from "./texts";

/** For hosts on a visit: the other groups, one tap away. */
export function Sisters({ call }: CallProps): JSX.Element {
  const { groups, own } = breakoutsOf(call).state;
  return (
    <section class="groups-section" aria-labelledby="groups-sisters">
      <h3 id="groups-sisters">{texts("to_group")}</h3>
      <ul class="groups-choice">
        {groups.map(({ number, name, groupId }) => (
          <li key={number}>
            <span class="groups-name">
              {name}
              {groupId === null && <span class="hint">{texts("is_lost")}</span>}
            </span>
            <button
              type="button"
              class="secondary-button small"
              disabled={number === own?.number || groupId === null}
              aria-label={texts("visit_group", { group: name })}
              data-testid={`visit-${number}`}
              onClick={() => void askBreakouts(call, { type: "enter", number })}
            >
              {texts("visit")}
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="primary-button"
        onClick={() => void askBreakouts(call, { type: "go_back" })}
      >
        {texts("back")}
      </button>
    </section>
  );
}
