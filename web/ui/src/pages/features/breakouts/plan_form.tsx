import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { By } from "../../../client/plugins/breakouts";
import { Icon } from "../../shared/icons";
import { Switch } from "../../shared/switch";
import type { CallProps } from "../feature";
import { askBreakouts, merchantsOf } from "./breakouts";
import { texts } from "./texts";

const FEWEST = 2;
const MOST = 50;
const WAYS: readonly By[] = ["even", "random", "hand", "choice"];
const WORDS = {
  even: ["by_even", "by_even_hint"],
  random: ["by_random", "by_random_hint"],
  hand: ["by_hand", "by_hand_hint"],
  choice: ["by_choice", "by_choice_hint"],
} as const;

/** How many groups, who goes where, and what the rules are. */
export function PlanForm({ call }: CallProps): JSX.Element {
  const people = merchantsOf(call).length;
  const [count, setCount] = useState(() => clamp(Math.round(people / 4)));
  const [by, setBy] = useState<By>("even");
  const [mayReturn, setMayReturn] = useState(true);
  const [late, setLate] = useState(true);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const names = Array.from({ length: count }, (_, index) =>
      texts("group_name", { number: index + 1 }),
    );
    const rules = { may_return: mayReturn, late: late ? "fewest" : "main" };
    void askBreakouts(call, { type: "plan", names, by, ...rules });
  };
  return (
    <form class="groups-section" onSubmit={submit} data-testid="plan-form">
      <p class="hint">{texts("intro")}</p>
      <div class="groups-count">
        <span id="groups-count">{texts("count")}</span>
        <Step icon="minus" label={texts("fewer")} onClick={() => setCount(clamp(count - 1))} />
        <output aria-labelledby="groups-count" data-testid="groups-count">
          {count}
        </output>
        <Step icon="plus" label={texts("more")} onClick={() => setCount(clamp(count + 1))} />
      </div>
      {people > 0 && (
        <p class="hint">{texts("each", { people, size: Math.ceil(people / count) })}</p>
      )}
      <fieldset class="groups-ways">
        <legend>{texts("by")}</legend>
        {WAYS.map((way) => (
          <label key={way} class="groups-way">
            <input
              type="radio"
              name="groups-by"
              value={way}
              checked={by === way}
              onChange={() => setBy(way)}
            />
            <span>
              {texts(WORDS[way][0])}
              <span class="hint">{texts(WORDS[way][1])}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Switch
        label={texts("may_return")}
        hint={texts("may_return_hint")}
        isOn={mayReturn}
        onChange={setMayReturn}
      />
      <Switch label={texts("late")} hint={texts("late_hint")} isOn={late} onChange={setLate} />
      <button type="submit" class="primary-button" data-testid="make-plan">
        {texts("make")}
      </button>
    </form>
  );
}

function Step(props: {
  icon: "plus" | "minus";
  label: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button groups-step"
      aria-label={props.label}
      title={props.label}
      onClick={props.onClick}
    >
      <Icon name={props.icon} size={20} />
    </button>
  );
}

function clamp(count: number): number {
  return Math.min(MOST, Math.max(FEWEST, count));
}
