import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { LessonPulse, PageMark } from "../../../client/plugins/pulse";
import { MOODS } from "../../../client/plugins/pulse";
import { whiteboardFold } from "../../../client/plugins/whiteboard";
import { Panel } from "../../panel/panel";
import { Icon } from "../../shared/icons";
import { useTick } from "../../shared/use_tick";
import type { Call } from "../../state/call";
import { formatSpan, sessionNowUs } from "../../state/session_clock";
import type { PanelProps } from "../feature";
import { hardMoments } from "./curve";
import { CurveChart } from "./curve_chart";
import { bucketNow, countsNow, MOOD_ICONS, pulseOf } from "./pulse";
import { texts } from "./texts";

const MOST_MOMENTS = 6;
const SPANS = { ten: 120, hour: 720 } as const; // In buckets of five seconds.

/** For hosts: how all feel now, and how it went. */
export function PulsePanel({ call, onClose }: PanelProps): JSX.Element {
  const [span, setSpan] = useState<keyof typeof SPANS>("ten");
  useTick(1_000);
  const { pulse, isAnonymous } = pulseOf(call).state;
  const counts = countsNow(call);
  const pageName = pageNames(call);
  return (
    <Panel title={texts("title")} testId="pulse-panel" onClose={onClose}>
      <div class="pulse-panel">
        <ul class="pulse-counts" aria-label={texts("last_minute")}>
          {MOODS.map((mood, index) => (
            <li key={mood} class={`mood-${mood}`} data-testid={`count-${mood}`}>
              <Icon name={MOOD_ICONS[mood]} size={20} />
              <strong>{counts[index]}</strong>
              <span>{texts(`is_${mood}`)}</span>
            </li>
          ))}
        </ul>
        <p class="hint">{texts(isAnonymous ? "minute_anonymous" : "minute")}</p>
        {pulse !== null && (
          <>
            <div class="pulse-spans" role="group" aria-label={texts("span")}>
              {(["ten", "hour"] as const).map((each) => (
                <button
                  key={each}
                  type="button"
                  class="quiet-button"
                  data-on={span === each}
                  aria-pressed={span === each}
                  onClick={() => setSpan(each)}
                >
                  {texts(`span_${each}`)}
                </button>
              ))}
            </div>
            <CurveChart
              pulse={pulse}
              now={bucketNow(call.room, pulse.bucketUs)}
              buckets={SPANS[span]}
              pageName={pageName}
            />
            <Moments pulse={pulse} pageName={pageName} />
            <People call={call} pulse={pulse} />
          </>
        )}
      </div>
    </Panel>
  );
}

function Moments({
  pulse,
  pageName,
}: {
  pulse: LessonPulse;
  pageName: (mark: PageMark) => string | null;
}): JSX.Element | null {
  const moments = hardMoments(pulse, MOST_MOMENTS);
  if (moments.length === 0) return null;
  return (
    <section>
      <h3>{texts("moments")}</h3>
      <ul class="pulse-list">
        {moments.map(({ atUs, count, mark }) => {
          const name = mark === null ? null : pageName(mark);
          const values = { time: formatSpan(atUs), count, page: name ?? "" };
          return <li key={atUs}>{texts(name === null ? "moment" : "moment_page", values)}</li>;
        })}
      </ul>
    </section>
  );
}

/** Who said what in the last minute, where that is not anonymous. */
function People({ call, pulse }: { call: Call; pulse: LessonPulse }): JSX.Element | null {
  const nowUs = sessionNowUs(call.room);
  const { lastsUs } = pulseOf(call).state;
  const people = pulse.people.filter(({ atUs }) => nowUs - atUs < lastsUs);
  if (people.length === 0) return null;
  return (
    <section>
      <h3>{texts("people")}</h3>
      <ul class="pulse-list">
        {people.map(({ participantId, name, mood, atUs }) => (
          <li key={participantId}>
            <span class={`mood-mark mood-${mood}`}>
              <Icon name={MOOD_ICONS[mood]} size={15} />
              {texts(`is_${mood}`)}
            </span>
            <span class="pulse-name">{name}</span>
            <span class="hint">{formatSpan(nowUs - atUs)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A slide's number, or that of a page, as long as the whiteboard has it. */
function pageNames(call: Call): (mark: PageMark) => string | null {
  const { pages } = call.room.plugin(whiteboardFold).state;
  return ({ page, slide }) => {
    if (slide > 0) return texts("slide", { number: slide });
    const index = pages.findIndex((each) => each.page === page);
    return index < 0 ? null : texts("page", { number: index + 1 });
  };
}
