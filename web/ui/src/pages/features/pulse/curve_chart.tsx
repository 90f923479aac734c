import type { JSX } from "preact";

import type { LessonPulse, PageMark } from "../../../client/plugins/pulse";
import { MOODS } from "../../../client/plugins/pulse";
import { formatSpan } from "../../state/session_clock";
import { curveOf, stepPath } from "./curve";
import { texts } from "./texts";

const WIDTH = 320;
const HEIGHT = 110;

/** How many felt what, over time; below it the time of the session, above it the pages shown. */
export function CurveChart({
  pulse,
  now,
  buckets,
  pageName,
}: {
  pulse: LessonPulse;
  now: number;
  buckets: number;
  pageName: (mark: PageMark) => string | null;
}): JSX.Element {
  const curve = curveOf(pulse, now, buckets);
  const size = { width: WIDTH, height: HEIGHT, highest: curve.highest };
  const fromUs = curve.fromBucket * pulse.bucketUs;
  const spanUs = (curve.toBucket + 1) * pulse.bucketUs - fromUs;
  const marks = pulse.pages
    .filter(({ atUs }) => atUs >= fromUs)
    .map((mark) => ({ x: ((mark.atUs - fromUs) / spanUs) * WIDTH, name: pageName(mark) }));
  return (
    <figure class="curve">
      <span class="curve-top hint" aria-hidden="true">
        {curve.highest}
      </span>
      <svg
        viewBox={`0 -14 ${WIDTH} ${HEIGHT + 16}`}
        role="img"
        aria-label={texts("curve", {
          from: formatSpan(fromUs),
          to: formatSpan(fromUs + spanUs),
        })}
      >
        <path class="curve-ground" d={`M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}`} />
        {marks.map(({ x, name }) => (
          <g key={x}>
            <path class="curve-page" d={`M${x} 0V${HEIGHT}`} />
            {name !== null && (
              <text class="curve-page-name" x={Math.min(x, WIDTH - 20)} y={-4}>
                {name}
              </text>
            )}
          </g>
        ))}
        {MOODS.map((mood, index) => (
          <path
            key={mood}
            class={`curve-line mood-${mood}`}
            d={stepPath(curve.lines[index] ?? [], size)}
          />
        ))}
      </svg>
      <figcaption class="hint">
        <span>{formatSpan(fromUs)}</span>
        <span>{texts("now", { time: formatSpan(fromUs + spanUs) })}</span>
      </figcaption>
    </figure>
  );
}
