import type { JSX } from "preact";

import type { RaisedHand } from "../../../client/plugins/hands";
import { Icon } from "../../shared/icons";
import { useTick } from "../../shared/use_tick";
import { formatSpan, sessionNowUs } from "../../state/session_clock";
import type { CallProps } from "../feature";
import { floorOf } from "../hands/floor";
import { GiveFloor } from "./give_floor";
import { texts } from "./texts";

/** Who asks for the floor, the first one first, and how long each has waited. */
export function HandQueue({ call }: CallProps): JSX.Element | null {
  const floor = floorOf(call);
  const { total, first } = floor.state.queue;
  useTick(1_000);
  if (total === 0) return null;
  return (
    <section class="console-section" aria-labelledby="hands-title" data-testid="hand-queue">
      <header class="console-head">
        <h3 id="hands-title">{texts("hands", { count: total })}</h3>
        <button
          type="button"
          class="text-button"
          data-testid="lower-all"
          onClick={() => void call.attempt(floor.request({ type: "lower_all" }))}
        >
          {texts("lower_all")}
        </button>
      </header>
      <ol class="hand-list">
        {first.map((hand, index) => (
          <HandRow key={hand.seq} call={call} hand={hand} place={index + 1} />
        ))}
      </ol>
      {total > first.length && (
        <p class="hint">{texts("more_hands", { count: total - first.length })}</p>
      )}
    </section>
  );
}

function HandRow({
  call,
  hand,
  place,
}: CallProps & { hand: RaisedHand; place: number }): JSX.Element {
  const floor = floorOf(call);
  const waited = formatSpan(sessionNowUs(call.room) - hand.atUs);
  const { name } = hand;
  const ask = (type: string): void =>
    void call.attempt(floor.request({ type, participant_id: hand.participantId }));
  return (
    <li class={whereabouts(hand) !== null ? "hand-row away" : "hand-row"} data-testid="hand-row">
      <span class="hand-place" aria-hidden="true">
        {place}
      </span>
      <div class="hand-text">
        <span class="person-name">{name}</span>
        <span class="hint">
          {whereabouts(hand) ?? texts("waited", { time: waited })}
        </span>
      </div>
      <GiveFloor call={call} hand={hand} isHere={whereabouts(hand) === null} />
      <button
        type="button"
        class="icon-button"
        aria-label={texts("lower_hand_of", { name })}
        title={texts("lower_hand_of", { name })}
        onClick={() => ask("lower_hand")}
      >
        <Icon name="close" size={19} />
      </button>
      {hand.reason !== "" && <p class="hand-why">{hand.reason}</p>}
    </li>
  );
}

/** Where somebody is who cannot be given the floor now; null: here. */
export function whereabouts(held: { isAway: boolean; isInGroup: boolean }): string | null {
  if (held.isInGroup) return texts("hand_in_group");
  return held.isAway ? texts("hand_away") : null;
}
