import type { JSX } from "preact";

import { Icon } from "../../shared/icons";
import type { ItemProps, PersonProps } from "../feature";
import { floorOf, handOf } from "./floor";
import { texts } from "./texts";

/** Over a tile: this hand is up, and so many are before it. */
export function TileHand({ call, item }: ItemProps): JSX.Element | null {
  if (item.source === "screen_share") return null;
  const raised = handOf(call, item.participant);
  if (raised === null) return null;
  const label = texts("hand_of", { name: item.participant.name, place: raised.place });
  return (
    <span class="hand-tile" role="img" aria-label={label} title={label}>
      <Icon name="hand" size={18} />
      {raised.place}
    </span>
  );
}

/** In a list of people: a hand, or the stage. */
export function HandMark({ call, person }: PersonProps): JSX.Element | null {
  const raised = handOf(call, person);
  if (raised !== null) {
    const label = texts("hand_of", { name: person.name, place: raised.place });
    return (
      <span class="hand-mark" role="img" aria-label={label} title={label}>
        <Icon name="hand" size={15} />
        {raised.place}
      </span>
    );
  }
  const { floors } = floorOf(call).state.queue;
  if (!floors.some((floor) => floor.participantId === person.id)) return null;
  return (
    <span class="hand-mark on-stage">
      <Icon name="podium" size={15} />
      {texts("on_stage")}
    </span>
  );
}
