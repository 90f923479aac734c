import type { JSX } from "preact";

import type { CallProps } from "../feature";
import { askBreakouts, breakoutsOf, ownGroupOf } from "./breakouts";
import { texts } from "./texts";

/** For merchants, where the plan leaves it to them. */
export function Choice({ call }: CallProps): JSX.Element {
  const { state } = breakoutsOf(call);
  const own = ownGroupOf(call);
  const counts = new Map<number, number>();
  for (const number of Object.values(state.assignment)) {
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  const ask = state.phase === "open" ? "enter" : "choose";
  return (
    <section class="groups-section" aria-labelledby="groups-choice">
      <h3 id="groups-choice">{texts("choose_title")}</h3>
      <p class="hint">{texts("choose_hint")}</p>
      <ul class="groups-choice">
        {state.groups.map(({ number, name }) => (
          <li key={number}>
            <span class="groups-name">
              {name}
              <span class="hint">{texts("people_count", { count: counts.get(number) ?? 0 })}</span>
            </span>
            <button
              type="button"
              class={own?.number === number ? "primary-button small" : "secondary-button small"}
              aria-pressed={own?.number === number}
              aria-label={texts("choose_of", { group: name })}
              data-testid={`choose-${number}`}
              onClick={() => void askBreakouts(call, { type: ask, number })}
            >
              {texts(own?.number === number ? "chosen" : "choose")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
