/** The curve of a lesson as points of a drawing. Pure. */

import type { Counts, LessonPulse, PageMark } from "../../../client/plugins/pulse";
import { countsAt, MOODS } from "../../../client/plugins/pulse";

export interface Moment {
  readonly atUs: number;
  /** Who was lost or wanted it slower. */
  readonly count: number;
  readonly mark: PageMark | null;
}

export interface Curve {
  readonly fromBucket: number;
  readonly toBucket: number;
  readonly highest: number;
  /** For each mood the counts, one for each bucket. */
  readonly lines: readonly (readonly number[])[];
}

/** So many people make a line that is worth seeing; below, each would look like a crowd. */
const LEAST_HEIGHT = 4;
/** Two moments closer than this are one. */
const APART_BUCKETS = 18;

/** The last `buckets` of a lesson up to now. */
export function curveOf(pulse: LessonPulse, now: number, buckets: number): Curve {
  const toBucket = Math.max(now, pulse.bucket);
  const fromBucket = Math.max(0, toBucket - buckets + 1);
  const counts: Counts[] = [];
  for (let bucket = fromBucket; bucket <= toBucket; bucket++) counts.push(countsAt(pulse, bucket));
  const lines = MOODS.map((_, mood) => counts.map((each) => each[mood] ?? 0));
  const highest = Math.max(LEAST_HEIGHT, ...lines.flat());
  return { fromBucket, toBucket, highest, lines };
}

/** Where it was most difficult, in the order of time. */
export function hardMoments(pulse: LessonPulse, most: number): Moment[] {
  const steps = [...pulse.curve, { bucket: pulse.bucket, counts: countsAt(pulse, pulse.bucket) }];
  const hard = steps
    .map(({ bucket, counts }) => ({ bucket, count: counts[0] + counts[1] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.bucket - b.bucket);
  const chosen: typeof hard = [];
  for (const each of hard) {
    const isNew = chosen.every(({ bucket }) => Math.abs(bucket - each.bucket) > APART_BUCKETS);
    if (isNew && chosen.length < most) chosen.push(each);
  }
  return chosen
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ bucket, count }) => {
      const atUs = bucket * pulse.bucketUs;
      const mark = pulse.pages.findLast((each) => each.atUs <= atUs + pulse.bucketUs);
      return { atUs, count, mark: mark ?? null };
    });
}

/** An SVG path of steps; `values` from left to right, 0 at the bottom. */
export function stepPath(
  values: readonly number[],
  size: { width: number; height: number; highest: number },
): string {
  const { width, height, highest } = size;
  const step = width / Math.max(1, values.length);
  const parts: string[] = [];
  values.forEach((value, index) => {
    if (index > 0 && values[index - 1] === value) return;
    const y = round(height - (value / highest) * height);
    parts.push(index === 0 ? `M0 ${y}` : `H${round(index * step)}V${y}`);
  });
  return `${parts.join("")}H${width}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
