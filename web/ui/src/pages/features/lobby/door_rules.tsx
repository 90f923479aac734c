import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { LobbySettings } from "../../../client/plugins/lobby";
import { Switch } from "../../shared/switch";
import type { Call } from "../../state/call";
import { isKnockHeard, setKnockHeard } from "./knock_sound";
import { askLobby } from "./lobby";
import { texts } from "./texts";

const MOST_PLACES = 20_000;

interface RulesProps {
  call: Call;
  settings: LobbySettings;
}

/** The rules of the door; each takes effect at once. */
export function DoorRules({ call, settings }: RulesProps): JSX.Element {
  const change = (name: string) => (isOn: boolean) =>
    askLobby(call, { type: "change_settings", [name]: isOn });
  return (
    <section class="lobby-section" aria-labelledby="lobby-rules">
      <header class="lobby-heading">
        <h3 id="lobby-rules">{texts("rules")}</h3>
      </header>
      <Switch
        testId="lobby-waiting_room"
        label={texts("waiting_room")}
        hint={texts("waiting_room_hint")}
        isOn={settings.waitingRoom}
        onChange={change("waiting_room")}
      />
      <Switch
        testId="lobby-hosts_first"
        label={texts("hosts_first")}
        hint={texts("hosts_first_hint")}
        isOn={settings.hostsFirst}
        onChange={change("hosts_first")}
      />
      <Switch
        testId="lobby-locked"
        label={texts("locked")}
        hint={texts("locked_hint")}
        isOn={settings.isLocked}
        onChange={change("locked")}
      />
      <Switch
        testId="lobby-shows_patrol"
        label={texts("shows_patrol")}
        hint={texts("shows_patrol_hint")}
        isOn={settings.showsPatrol}
        onChange={change("shows_patrol")}
      />
      <Capacity call={call} settings={settings} />
      <Switch
        testId="lobby-knock-sound"
        label={texts("knock_sound")}
        hint={texts("knock_sound_hint")}
        isOn={isKnockHeard.value}
        onChange={setKnockHeard}
      />
    </section>
  );
}

function Capacity({ call, settings }: RulesProps): JSX.Element {
  const known = settings.capacity === null ? "" : String(settings.capacity);
  const [typed, setTyped] = useState(known);
  useEffect(() => setTyped(known), [known]);
  const places = typed.trim() === "" ? null : Number(typed);
  const isWrong =
    places !== null && !(Number.isInteger(places) && places >= 1 && places <= MOST_PLACES);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isWrong) askLobby(call, { type: "change_settings", capacity: places });
  };
  return (
    <form class="lobby-capacity" onSubmit={submit} noValidate>
      <label class="switch-text">
        <span>{texts("capacity")}</span>
        <span id="capacity-hint" class={isWrong ? "hint bad" : "hint"}>
          {isWrong ? texts("capacity_wrong") : texts("capacity_hint")}
        </span>
        <input
          type="text"
          inputMode="numeric"
          data-testid="lobby-capacity"
          maxLength={5}
          value={typed}
          aria-invalid={isWrong}
          aria-describedby="capacity-hint"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="secondary-button" disabled={isWrong || typed.trim() === known}>
        {texts("capacity_set")}
      </button>
    </form>
  );
}
