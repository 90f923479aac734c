import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Knock, LobbyState } from "../../../client/plugins/lobby";
import { PersonButton } from "../../panel/person_button";
import { Panel } from "../../panel/panel";
import { Avatar } from "../../shared/avatar";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import type { PanelProps } from "../feature";
import { DoorRules } from "./door_rules";
import { askLobby, lobbyOf } from "./lobby";
import { RefuseDialog } from "./refuse_dialog";
import { Since } from "./since";
import { texts } from "./texts";

/** For hosts: who waits, who is kept out, and the rules of the door. */
export function LobbyPanel({ call, onClose }: PanelProps): JSX.Element {
  const { state } = lobbyOf(call);
  return (
    <Panel title={texts("title")} testId="lobby-panel" onClose={onClose}>
      <div class="lobby-body">
        <AtTheDoor call={call} state={state} />
        <DoorRules call={call} settings={state.settings} />
        {state.patrols.length > 0 && (
          <p class="lobby-patrol">
            <Icon name="people" size={18} />
            <span>{texts("patrol", { names: state.patrols.join(", ") })}</span>
          </p>
        )}
        {state.banned.length > 0 && <Banned call={call} state={state} />}
      </div>
    </Panel>
  );
}

function AtTheDoor({ call, state }: { call: Call; state: LobbyState }): JSX.Element {
  const [refusing, setRefusing] = useState<Knock | null>(null);
  const hidden = state.waitingTotal - state.waiting.length;
  return (
    <section class="lobby-section" aria-labelledby="lobby-waiting">
      <header class="lobby-heading">
        <h3 id="lobby-waiting">{texts("waiting")}</h3>
        {state.waitingTotal > 1 && (
          <button
            type="button"
            class="secondary-button small"
            data-testid="admit-all"
            onClick={() => askLobby(call, { type: "admit_all" })}
          >
            {texts("admit_all")}
          </button>
        )}
      </header>
      {state.waitingTotal === 0 && <p class="hint">{texts("nobody")}</p>}
      <ul class="people lobby-list">
        {state.waiting.map((knock) => (
          <Waiter key={knock.waitingId} call={call} knock={knock} onRefuse={setRefusing} />
        ))}
      </ul>
      {hidden > 0 && <p class="hint">{texts("more", { count: hidden })}</p>}
      {refusing !== null && (
        <RefuseDialog call={call} knock={refusing} onClose={() => setRefusing(null)} />
      )}
    </section>
  );
}

interface WaiterProps {
  call: Call;
  knock: Knock;
  onRefuse: (knock: Knock) => void;
}

function Waiter({ call, knock, onRefuse }: WaiterProps): JSX.Element {
  const { name, identity, waitingId } = knock;
  return (
    <li class="person" data-waiting={waitingId}>
      <Avatar name={name} identity={identity} />
      <div class="person-text">
        <span class="person-name">{name}</span>
        <span class="hint">
          <Since call={call} sinceUs={knock.sinceUs} />
          {knock.wasRemoved && ` · ${texts("was_removed")}`}
        </span>
        {knock.isAdmitted && (
          <span class="hint" role="status" data-testid="admitted-waits">
            {texts("admitted_waits")}
          </span>
        )}
      </div>
      <div class="lobby-actions">
        {!knock.isAdmitted && (
          <button
            type="button"
            class="primary-button lobby-admit"
            data-testid="admit-button"
            aria-label={texts("admit_name", { name })}
            onClick={() => askLobby(call, { type: "admit", waiting_ids: [waitingId] })}
          >
            {texts("admit")}
          </button>
        )}
        <PersonButton
          icon="removePerson"
          label={texts("refuse_name", { name })}
          testId="refuse-button"
          onClick={() => onRefuse(knock)}
        />
      </div>
    </li>
  );
}

function Banned({ call, state }: { call: Call; state: LobbyState }): JSX.Element {
  return (
    <section class="lobby-section" aria-labelledby="lobby-banned">
      <header class="lobby-heading">
        <h3 id="lobby-banned">{`${texts("banned")} (${state.bannedTotal})`}</h3>
      </header>
      <p class="hint">{texts("banned_hint")}</p>
      <ul class="people lobby-list">
        {state.banned.map(({ identity, name }) => (
          <li key={identity} class="person">
            <Avatar name={name} identity={identity} />
            <div class="person-text">
              <span class="person-name">{name}</span>
            </div>
            <button
              type="button"
              class="secondary-button small"
              aria-label={texts("unban_name", { name })}
              onClick={() => askLobby(call, { type: "unban", identity })}
            >
              {texts("unban")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
