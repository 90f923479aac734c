import type { JSX } from "preact";

import { Switch } from "../../shared/switch";
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
      <Switch
        testId="set-moderated"
        label={texts("moderated")}
        hint={texts("moderated_hint")}
        isOn={isModerated}
        onChange={(moderated) => change({ moderated })}
      />
      <Switch
        testId="set-anonymous"
        label={texts("anonymous_allowed")}
        hint={texts("anonymous_hint")}
        isOn={allowsAnonymous}
        onChange={(anonymous) => change({ anonymous })}
      />
    </section>
  );
}
