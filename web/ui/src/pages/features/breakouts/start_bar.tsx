import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { CallProps } from "../feature";
import { askBreakouts, breakoutsOf } from "./breakouts";
import { texts } from "./texts";

const MINUTES = [5, 10, 15, 20, 30, 45, 60, 90];
const USUAL = 15;

/** A plan is made: for how long, and go. */
export function StartBar({ call }: CallProps): JSX.Element {
  const { state } = breakoutsOf(call);
  const [minutes, setMinutes] = useState(USUAL);
  const open = (): void => {
    const duration_s = minutes === 0 ? null : minutes * 60;
    void askBreakouts(call, { type: "open", duration_s });
  };
  const shuffle = (): void => {
    const names = state.groups.map((group) => group.name);
    const rules = { may_return: state.mayReturn, late: state.late };
    void askBreakouts(call, { type: "plan", names, by: state.by, ...rules });
  };
  return (
    <section class="groups-section groups-start">
      <div class="groups-row">
        <label class="groups-duration">
          <span>{texts("duration")}</span>
          <select
            data-testid="groups-duration"
            value={minutes}
            onChange={(event) => setMinutes(Number(event.currentTarget.value))}
          >
            <option value={0}>{texts("no_limit")}</option>
            {MINUTES.map((one) => (
              <option key={one} value={one}>
                {texts("minutes", { minutes: one })}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="primary-button" data-testid="open-groups" onClick={open}>
          {texts("open")}
        </button>
      </div>
      <div class="groups-row">
        {state.by === "random" && (
          <button type="button" class="secondary-button small" onClick={shuffle}>
            {texts("shuffle")}
          </button>
        )}
        <button
          type="button"
          class="secondary-button small"
          data-testid="drop-plan"
          onClick={() => void askBreakouts(call, { type: "cancel" })}
        >
          {texts("drop")}
        </button>
      </div>
    </section>
  );
}
