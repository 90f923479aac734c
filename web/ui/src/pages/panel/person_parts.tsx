import type { JSX } from "preact";

import type { Participant, Source } from "../../client";
import { t } from "../i18n/translate";
import type { IconName } from "../shared/icons";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";
import { PersonButton } from "./person_button";

/** For a host the sign of an open microphone is the button that closes it. */
export function MicrophoneState({ call, person }: { call: Call; person: Participant }): JSX.Element {
  const { room } = call;
  const microphone = room.roster.trackOf(person.id, "microphone");
  const canMute =
    room.self?.isHost === true && person.id !== room.participantId && microphone?.isMuted === false;
  if (!canMute) return <SourceState call={call} person={person} kind="microphone" />;
  const label = t("people.mute", { name: person.name });
  return (
    <PersonButton
      icon="microphone"
      label={label}
      onClick={() => void call.attempt(room.hosting.muteTrack(microphone.id))}
    />
  );
}

/** What features add to a person's row. */
export function FeatureParts({
  call,
  person,
  part,
}: {
  call: Call;
  person: Participant;
  part: "PersonActions" | "PersonBadges";
}): JSX.Element {
  return (
    <>
      {call.shell.features.value.map((feature) => {
        const Part = feature[part];
        return Part && <Part key={feature.plugin} call={call} person={person} />;
      })}
    </>
  );
}

export function SourceState({
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

export function StateIcon({
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

export function isSending(call: Call, person: Participant, source: Source): boolean {
  const track = call.room.roster.trackOf(person.id, source);
  return track !== undefined && !track.isMuted;
}
