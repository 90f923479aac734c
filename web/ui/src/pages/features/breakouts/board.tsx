import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Group } from "../../../client/plugins/breakouts";
import { Avatar } from "../../shared/avatar";
import type { Call } from "../../state/call";
import type { CallProps } from "../feature";
import type { Person } from "./breakouts";
import { askBreakouts, breakoutsOf, peopleOf, visitorsOf } from "./breakouts";
import { GroupName } from "./group_name";
import { texts } from "./texts";

const DRAGGED = "application/x-emporion-identity";

/** Who is in which group; people are dragged, or put by the list beside their name. */
export function Board({ call }: CallProps): JSX.Element {
  const { state } = breakoutsOf(call);
  const free = peopleOf(call, null);
  return (
    <section class="groups-section">
      <p class="hint">{texts("drag_hint")}</p>
      {free.length > 0 && <Box call={call} group={null} people={free} />}
      {state.groups.map((group) => (
        <Box key={group.number} call={call} group={group} people={peopleOf(call, group.number)} />
      ))}
    </section>
  );
}

function Box(props: { call: Call; group: Group | null; people: Person[] }): JSX.Element {
  const { call, group, people } = props;
  const [isOver, setOver] = useState(false);
  const { state } = breakoutsOf(call);
  const number = group?.number ?? null;
  const name = group?.name ?? texts("unassigned");
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const identity = event.dataTransfer?.getData(DRAGGED) ?? "";
    if (identity !== "") put(call, identity, number);
  };
  const visitors = group === null ? [] : visitorsOf(state, group);
  return (
    <div
      class={isOver ? "groups-box over" : "groups-box"}
      data-testid={number === null ? "group-none" : `group-${number}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <header>
        {group === null ? <h3>{name}</h3> : <GroupName call={call} group={group} />}
        <span class="groups-size">{people.length}</span>
        {state.phase === "open" && group?.groupId === null && <Reopen call={call} group={group} />}
        {group?.groupId != null && (
          <button
            type="button"
            class="secondary-button small"
            data-testid="visit-group"
            aria-label={texts("visit_group", { group: name })}
            onClick={() => void askBreakouts(call, { type: "enter", number })}
          >
            {texts("visit")}
          </button>
        )}
      </header>
      {people.length === 0 && <p class="hint">{texts("nobody")}</p>}
      <ul>
        {people.map((person) => (
          <Row key={person.identity} call={call} person={person} group={group} />
        ))}
        {visitors.map((visitor) => (
          <li key={visitor.identity} class="groups-person visitor">
            <Avatar name={visitor.name} identity={visitor.identity} />
            <span class="groups-name">{visitor.name}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Broken down: what it had made is kept, and its people can go on in a new one. */
function Reopen({ call, group }: { call: Call; group: Group }): JSX.Element {
  return (
    <>
      <span class="groups-lost">{texts("is_lost")}</span>
      <button
        type="button"
        class="primary-button small"
        data-testid="reopen-group"
        aria-label={texts("reopen_group", { group: group.name })}
        onClick={() => void askBreakouts(call, { type: "reopen", number: group.number })}
      >
        {texts("reopen")}
      </button>
    </>
  );
}

function Row(props: { call: Call; person: Person; group: Group | null }): JSX.Element {
  const { call, person, group } = props;
  const { groups, phase } = breakoutsOf(call).state;
  const isElsewhere = phase === "open" && group !== null && person.groupId !== group.groupId;
  const drag = (event: DragEvent): void => {
    event.dataTransfer?.setData(DRAGGED, person.identity);
  };
  return (
    <li
      class={isElsewhere ? "groups-person elsewhere" : "groups-person"}
      draggable
      onDragStart={drag}
      data-identity={person.identity}
    >
      <Avatar name={person.name} identity={person.identity} />
      <span class="groups-name">
        {person.name}
        {isElsewhere && <span class="hint">{texts("away")}</span>}
      </span>
      <select
        aria-label={texts("move_name", { name: person.name })}
        value={group?.number ?? 0}
        onChange={(event) => {
          const chosen = Number(event.currentTarget.value);
          put(call, person.identity, chosen === 0 ? null : chosen);
        }}
      >
        <option value={0}>{texts("unassigned")}</option>
        {groups.map((one) => (
          <option key={one.number} value={one.number}>
            {one.name}
          </option>
        ))}
      </select>
    </li>
  );
}

function put(call: Call, identity: string, number: number | null): void {
  if ((breakoutsOf(call).state.assignment[identity] ?? null) === number) return;
  void askBreakouts(call, { type: "assign", identities: [identity], number });
}
