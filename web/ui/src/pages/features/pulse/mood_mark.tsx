import type { JSX } from "preact";

import { Icon } from "../../shared/icons";
import { sessionNowUs } from "../../state/session_clock";
import type { PersonProps } from "../feature";
import { MOOD_ICONS, pulseOf } from "./pulse";
import { texts } from "./texts";

/** What somebody said in the last minute; hosts see it where the room is not anonymous. */
export function MoodMark({ call, person }: PersonProps): JSX.Element | null {
  const { pulse, lastsUs } = pulseOf(call).state;
  const felt = pulse?.people.find(({ participantId }) => participantId === person.id);
  if (felt === undefined || sessionNowUs(call.room) - felt.atUs >= lastsUs) return null;
  return (
    <span class={`mood-mark mood-${felt.mood}`} title={texts(`is_${felt.mood}`)}>
      <Icon name={MOOD_ICONS[felt.mood]} size={15} />
      <span class="mood-word">{texts(`is_${felt.mood}`)}</span>
    </span>
  );
}
