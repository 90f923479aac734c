import type { JSX } from "preact";

import type { Call } from "../../state/call";
import { deskOf } from "./question_desk";
import { texts } from "./texts";

/** For hosts: how questions are asked; each takes effect at once. */
export function SettingsFold({ call }: { call: Call }): JSX.Element {
  const desk = deskOf(call);
  const { isModerated, allowsAnonymous } = desk.state;
  const change = (changes: object): void =>
    void call.attempt(desk.request({ type: "change_settings", ...changes }));
  return (
    <section class="questions-settings" aria-label={texts("settings")}>
      <Setting
        testId="set-moderated"
        label={texts("moderated")}
        hint={texts("moderated_hint")}
        isOn={isModerated}
        onChange={(moderated) => change({ moderated })}
      />
      <Setting
        testId="set-anonymous"
        label={texts("anonymous_allowed")}
        hint={texts("anonymous_hint")}
        isOn={allowsAnonymous}
        onChange={(anonymous) => change({ anonymous })}
      />
    </section>
  );
}

function Setting({
  testId,
  label,
  hint,
  isOn,
  onChange,
}: {
  testId: string;
  label: string;
  hint: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}): JSX.Element {
  return (
    <label class="check-row">
      <input
        type="checkbox"
        role="switch"
        data-testid={testId}
        checked={isOn}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
          event.currentTarget.checked = isOn; // Until the room says so: a refusal springs back.
        }}
      />
      <span class="check-text">
        <span>{label}</span>
        <span class="hint">{hint}</span>
      </span>
    </label>
  );
}
