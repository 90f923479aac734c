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

/** Looks like those of the door. Shows what the room says: a refused change springs back. */
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
    <button
      type="button"
      role="switch"
      class="lobby-switch"
      data-testid={testId}
      aria-checked={isOn}
      onClick={() => onChange(!isOn)}
    >
      <span class="lobby-switch-text">
        <span>{label}</span>
        <span class="hint">{hint}</span>
      </span>
      <span class="lobby-switch-track" aria-hidden="true" />
    </button>
  );
}
