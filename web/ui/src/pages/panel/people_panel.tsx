import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Participant } from "../../client";
import type { FeaturePanel, PanelProps } from "../features/feature";
import { t } from "../i18n/translate";
import { Avatar } from "../shared/avatar";
import type { Call } from "../state/call";
import { Panel } from "./panel";
import { PersonButton } from "./person_button";
import {
  FeatureParts,
  isSending,
  MicrophoneState,
  SourceState,
  StateIcon,
} from "./person_parts";
import { RemoveDialog } from "./remove_dialog";
import { RemovedList } from "./removed_list";

/** Every room has it; features add to its rows. Who runs the floor has a console in its place. */
export const peoplePanel: FeaturePanel = {
  id: "people",
  isOffered: (call) =>
    !call.shell.features.value.some(
      ({ panel }) => panel?.id === "people" && panel.isOffered?.(call) !== false,
    ),
  icon: "people",
  title: () => t("people.title"),
  short: () => t("control.people_short"),
  Component: PeoplePanel,
};

function PeoplePanel({ call, onClose }: PanelProps): JSX.Element {
  const [removing, setRemoving] = useState<Participant | null>(null);
  const people = inOrder(call.room.roster.participants);
  return (
    <Panel
      title={t("people.title")}
      {...(knowsAll(call) && { note: t("people.count", { count: people.length }) })}
      testId="people-panel"
      onClose={onClose}
    >
      <ul class="people">
        {people.map((person) => (
          <Person key={person.id} call={call} person={person} onRemove={setRemoving} />
        ))}
      </ul>
      <RemovedList call={call} />
      {removing !== null && (
        <RemoveDialog call={call} person={removing} onClose={() => setRemoving(null)} />
      )}
    </Panel>
  );
}

interface PersonProps {
  call: Call;
  person: Participant;
  onRemove: (person: Participant) => void;
}

function Person({ call, person, onRemove }: PersonProps): JSX.Element {
  const { room } = call;
  const isSelf = person.id === room.participantId;
  const isSpeaking = room.speakers.includes(person.id);
  return (
    <li class={isSpeaking ? "person speaking" : "person"} data-participant={person.id}>
      <Avatar name={person.name} identity={person.identity} />
      <div class="person-text">
        <span class="person-line">
          <span class="person-name">
            {isSelf ? `${person.name} (${t("app.you")})` : person.name}
          </span>
          <FeatureParts call={call} person={person} part="PersonBadges" />
        </span>
        <span class="hint">
          {person.isConnected
            ? t(`role.${person.role}`)
            : `${t(`role.${person.role}`)} · ${t("people.away")}`}
        </span>
      </div>
      <div class="person-state">
        {isSending(call, person, "screen_share") && (
          <StateIcon icon="screen" label={t("people.sharing")} />
        )}
        <SourceState call={call} person={person} kind="camera" />
        <MicrophoneState call={call} person={person} />
      </div>
      <PersonActions call={call} person={person} onRemove={onRemove} />
    </li>
  );
}

function PersonActions({ call, person, onRemove }: PersonProps): JSX.Element {
  const { room } = call;
  const canRemove = room.self?.isHost === true && person.id !== room.participantId;
  return (
    <div class="person-actions">
      <FeatureParts call={call} person={person} part="PersonActions" />
      {canRemove && (
        <PersonButton
          icon="removePerson"
          label={t("people.remove", { name: person.name })}
          onClick={() => onRemove(person)}
        />
      )}
    </div>
  );
}

/** Where thousands listen, only those who run it are told of all of them. */
export function knowsAll({ room }: Call): boolean {
  const role = room.self?.role;
  return room.info?.template !== "briefing" || role === "host" || role === "assistant";
}

/** Hosts first, then assistants, then everybody in the order in which they came. */
function inOrder(people: readonly Participant[]): Participant[] {
  const rank = { host: 0, assistant: 1, merchant: 2, observer: 3 };
  return [...people].sort((a, b) => rank[a.role] - rank[b.role] || a.joinedAtUs - b.joinedAtUs);
}
