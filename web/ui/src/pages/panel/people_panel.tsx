import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Participant, Source } from "../../client";
import { t } from "../i18n/translate";
import { Avatar } from "../shared/avatar";
import { Dialog } from "../shared/dialog";
import type { IconName } from "../shared/icons";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";
import { Panel } from "./panel";

interface PeoplePanelProps {
  call: Call;
  onClose: () => void;
  onWriteTo: (id: string) => void;
}

export function PeoplePanel({ call, onClose, onWriteTo }: PeoplePanelProps): JSX.Element {
  const [removing, setRemoving] = useState<Participant | null>(null);
  const people = inOrder(call.room.roster.participants);
  return (
    <Panel
      title={t("people.title")}
      note={t("people.count", { count: people.length })}
      testId="people-panel"
      onClose={onClose}
    >
      <ul class="people">
        {people.map((person) => (
          <Person
            key={person.id}
            call={call}
            person={person}
            onWriteTo={onWriteTo}
            onRemove={setRemoving}
          />
        ))}
      </ul>
      {removing !== null && (
        <Dialog
          title={t("people.remove_title", { name: removing.name })}
          onClose={() => setRemoving(null)}
        >
          <p>{t("people.remove_body", { name: removing.name })}</p>
          <form method="dialog" class="dialog-actions">
            <button class="secondary-button">{t("app.cancel")}</button>
            <button
              class="danger-button"
              data-testid="remove-confirm"
              onClick={() => void call.attempt(call.room.removeParticipant(removing.id))}
            >
              {t("people.remove_confirm")}
            </button>
          </form>
        </Dialog>
      )}
    </Panel>
  );
}

interface PersonProps {
  call: Call;
  person: Participant;
  onWriteTo: (id: string) => void;
  onRemove: (person: Participant) => void;
}

function Person({ call, person, onWriteTo, onRemove }: PersonProps): JSX.Element {
  const { room } = call;
  const isSelf = person.id === room.participantId;
  const isSpeaking = room.speakers.includes(person.id);
  return (
    <li class={isSpeaking ? "person speaking" : "person"} data-participant={person.id}>
      <Avatar name={person.name} identity={person.identity} />
      <div class="person-text">
        <span class="person-name">{isSelf ? `${person.name} (${t("app.you")})` : person.name}</span>
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
      {!isSelf && (
        <PersonActions call={call} person={person} onWriteTo={onWriteTo} onRemove={onRemove} />
      )}
    </li>
  );
}

function PersonActions({ call, person, onWriteTo, onRemove }: PersonProps): JSX.Element {
  const { room } = call;
  const isHost = room.self?.isHost === true;
  return (
    <div class="person-actions">
      <ActionButton
        icon="chat"
        label={t("people.message", { name: person.name })}
        onClick={() => onWriteTo(person.id)}
      />
      {isHost && (
        <ActionButton
          icon="removePerson"
          label={t("people.remove", { name: person.name })}
          onClick={() => onRemove(person)}
        />
      )}
    </div>
  );
}

/** For a host the sign of an open microphone is the button that closes it. */
function MicrophoneState({ call, person }: { call: Call; person: Participant }): JSX.Element {
  const { room } = call;
  const microphone = room.roster.trackOf(person.id, "microphone");
  const canMute =
    room.self?.isHost === true && person.id !== room.participantId && microphone?.isMuted === false;
  if (!canMute) return <SourceState call={call} person={person} kind="microphone" />;
  const label = t("people.mute", { name: person.name });
  return (
    <ActionButton
      icon="microphone"
      label={label}
      onClick={() => void call.attempt(room.muteTrack(microphone.id))}
    />
  );
}

function ActionButton({
  icon,
  label,
  onClick,
}: {
  icon: IconName;
  label: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} size={19} />
    </button>
  );
}

function SourceState({
  call,
  person,
  kind,
}: {
  call: Call;
  person: Participant;
  kind: "microphone" | "camera";
}): JSX.Element {
  const isOn = isSending(call, person, kind);
  return (
    <StateIcon
      icon={isOn ? kind : `${kind}Off`}
      label={t(isOn ? `people.${kind}_on` : `people.${kind}_off`)}
      isOff={!isOn}
    />
  );
}

function StateIcon({
  icon,
  label,
  isOff = false,
}: {
  icon: IconName;
  label: string;
  isOff?: boolean;
}): JSX.Element {
  return (
    <span
      class={isOff ? "state-icon off" : "state-icon"}
      role="img"
      aria-label={label}
      title={label}
    >
      <Icon name={icon} size={18} />
    </span>
  );
}

function isSending(call: Call, person: Participant, source: Source): boolean {
  const track = call.room.roster.trackOf(person.id, source);
  return track !== undefined && !track.isMuted;
}

/** Hosts first, then assistants, then everybody in the order in which they came. */
function inOrder(people: readonly Participant[]): Participant[] {
  const rank = { host: 0, assistant: 1, merchant: 2, observer: 3 };
  return [...people].sort((a, b) => rank[a.role] - rank[b.role] || a.joinedAtUs - b.joinedAtUs);
}
