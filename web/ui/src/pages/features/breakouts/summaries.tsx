import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Stay, Summary } from "../../../client/plugins/breakouts";
import { formatSpan } from "../../state/session_clock";
import type { PanelProps } from "../feature";
import { breakoutsOf } from "./breakouts";
import { texts } from "./texts";

const COVERED = "(max-width: 900px)"; // The panel lies over the stage.

/** What groups that are over have left: the newest first. */
export function Summaries({ call, onClose }: PanelProps): JSX.Element {
  const { summaries } = breakoutsOf(call).state;
  return (
    <section class="groups-section" aria-labelledby="groups-brought">
      <h3 id="groups-brought">{texts("brought")}</h3>
      {[...summaries].reverse().map((summary) => (
        <GroupSummary key={summary.groupId} call={call} summary={summary} onClose={onClose} />
      ))}
    </section>
  );
}

/** Who was there and for how long, and what features say of the group. */
function GroupSummary({
  call,
  summary,
  onClose,
}: PanelProps & { summary: Summary }): JSX.Element {
  const { name, groupId, stays, lastedUs, messagesTotal, isLost, isReadable } = summary;
  const [isOpen, setOpen] = useState(false); // What is long to fetch waits until it is wanted.
  const onShown = (): void => {
    if (matchMedia(COVERED).matches) onClose();
  };
  const merchants = stays.filter((stay) => !stay.isHost).length;
  return (
    <details
      class="groups-summary"
      data-testid="group-summary"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span>{name}</span>
        <span class="hint">
          {texts("brought_of", { people: merchants, time: formatSpan(lastedUs) })}
          {messagesTotal > 0 && ` · ${texts("brought_messages", { count: messagesTotal })}`}
        </span>
      </summary>
      {isLost && (
        <p class="groups-lost">{texts(isReadable ? "brought_lost" : "brought_unreadable")}</p>
      )}
      <ul class="groups-stays" aria-label={texts("brought_people")}>
        {stays.map((stay, index) => (
          <StayMark key={index} stay={stay} />
        ))}
      </ul>
      {isOpen &&
        isReadable &&
        call.shell.features.value.map(
          ({ plugin, GroupResult }) =>
            GroupResult && (
              <GroupResult key={plugin} call={call} groupId={groupId} onShown={onShown} />
            ),
        )}
    </details>
  );
}

function StayMark({ stay }: { stay: Stay }): JSX.Element {
  const time = formatSpan(stay.stayedUs);
  return (
    <li class={stay.isHost ? "visited" : ""}>
      <span>{stay.name}</span>
      <span class="hint">{stay.isHost ? texts("brought_visit", { time }) : time}</span>
    </li>
  );
}
