import type { JSX } from "preact";

import type { FloorHolder } from "../../../client/plugins/hands";
import { useTick } from "../../shared/use_tick";
import { formatSpan, sessionNowUs } from "../../state/session_clock";
import type { CallProps } from "../feature";
import { floorOf } from "../hands/floor";
import { whereabouts } from "./hand_queue";
import { texts } from "./texts";

/** Who has the floor, and since when. */
export function StageList({ call }: CallProps): JSX.Element | null {
  const { floors } = floorOf(call).state.queue;
  useTick(1_000);
  if (floors.length === 0) return null;
  return (
    <section class="console-section" aria-labelledby="stage-title" data-testid="stage-list">
      <h3 id="stage-title">{texts("stage")}</h3>
      <ul class="hand-list">
        {floors.map((floor) => (
          <StageRow key={floor.participantId} call={call} holder={floor} />
        ))}
      </ul>
    </section>
  );
}

function StageRow({ call, holder }: CallProps & { holder: FloorHolder }): JSX.Element {
  const { name, participantId } = holder;
  const time = formatSpan(sessionNowUs(call.room) - holder.atUs);
  const body = { type: "take_floor", participant_id: participantId };
  return (
    <li class={whereabouts(holder) !== null ? "hand-row away" : "hand-row"}>
      <div class="hand-text">
        <span class="person-name">{name}</span>
        <span class="hint">
          {whereabouts(holder) ?? texts("on_stage_for", { time })}
        </span>
      </div>
      <button
        type="button"
        class="secondary-button small"
        data-testid="take-floor"
        aria-label={texts("take_floor_of", { name })}
        onClick={() => void call.attempt(floorOf(call).request(body))}
      >
        {texts("take_floor")}
      </button>
    </li>
  );
}
