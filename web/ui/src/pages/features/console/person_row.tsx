import type { JSX } from "preact";

import type { Participant } from "../../../client";
import { t } from "../../i18n/translate";
import { FeatureParts, MicrophoneState, SourceState } from "../../panel/person_parts";
import { Avatar } from "../../shared/avatar";
import { Icon } from "../../shared/icons";
import type { PersonProps } from "../feature";
import { floorOf } from "../hands/floor";
import { texts } from "./texts";

/** One person: the name opens everything that can be done, the sign at the end is the floor. */
export function PersonRow({
  call,
  person,
  onOpen,
}: PersonProps & { onOpen: (person: Participant) => void }): JSX.Element {
  const { room } = call;
  const isSelf = person.id === room.participantId;
  const link = isSelf ? undefined : room.links[person.id];
  const isSpeaking = room.speakers.includes(person.id);
  return (
    <div class={isSpeaking ? "person speaking" : "person"} data-participant={person.id}>
      <button
        type="button"
        class="person-open"
        onClick={() => onOpen(person)}
      >
        <Avatar name={person.name} identity={person.identity} />
        <span class="visually-hidden">{texts("open", { name: person.name })}</span>
        <span class="person-text">
          <span class="person-name" aria-hidden="true">
            {isSelf ? `${person.name} (${t("app.you")})` : person.name}
          </span>
          <span class="person-marks">
            <FeatureParts call={call} person={person} part="PersonBadges" />
            <span class={person.isConnected ? "hint" : "hint bad"}>{standing(person)}</span>
            {link !== undefined && (
              <span class={link === "paused" ? "hint bad" : "hint"} data-testid="person-link">
                {texts(link === "paused" ? "link_paused" : "link_reduced")}
              </span>
            )}
          </span>
        </span>
      </button>
      <span class="person-state">
        <SourceState call={call} person={person} kind="camera" />
        <MicrophoneState call={call} person={person} />
      </span>
      {!isSelf && <FloorButton call={call} person={person} />}
    </div>
  );
}

function standing(person: Participant): string {
  return person.isConnected ? t(`role.${person.role}`) : t("people.away");
}

/** One press from a name to the floor, and back. */
function FloorButton({ call, person }: PersonProps): JSX.Element {
  const floor = floorOf(call);
  const isOnStage = floor.state.queue.floors.some((each) => each.participantId === person.id);
  const label = texts(isOnStage ? "take_floor_of" : "give_floor_to", { name: person.name });
  const type = isOnStage ? "take_floor" : "give_floor";
  return (
    <button
      type="button"
      class="icon-button floor-toggle"
      aria-label={label}
      title={label}
      aria-pressed={isOnStage}
      onClick={() =>
        void call.attempt(floor.request({ type, participant_id: person.id }))
      }
    >
      <Icon name="podium" size={20} />
    </button>
  );
}
