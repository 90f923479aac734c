/** The pulse: what one said oneself and, for hosts, how many felt what at each time. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";
import type { EntryInfo, ParticipantId } from "../protocol";

export const MOODS = ["lost", "slower", "faster", "clear"] as const;
export type Mood = (typeof MOODS)[number];

export const REACTIONS = ["clap", "heart", "laugh", "thumbs_up", "celebrate"] as const;
export type Reaction = (typeof REACTIONS)[number];

/** How many feel what, in the order of `MOODS`. */
export type Counts = readonly [number, number, number, number];

export interface PulsePoint {
  readonly bucket: number;
  readonly counts: Counts;
}

export interface PulsePerson {
  readonly participantId: ParticipantId;
  readonly name: string;
  readonly mood: Mood;
  readonly atUs: number;
}

export interface PageMark {
  readonly atUs: number;
  readonly page: string;
  /** Of the document that `page` names; 0: a page of the whiteboard. */
  readonly slide: number;
}

export interface LessonPulse {
  /** The curve is complete up to the bucket before this; then the window says it. */
  readonly bucket: number;
  readonly bucketUs: number;
  readonly windowBuckets: number;
  readonly window: readonly PulsePoint[];
  /** Only where it changes. */
  readonly curve: readonly PulsePoint[];
  readonly pages: readonly PageMark[];
  readonly people: readonly PulsePerson[];
}

export interface PulseState {
  readonly own: { readonly mood: Mood; readonly atUs: number } | null;
  readonly isAnonymous: boolean;
  /** For how long what one said counts. */
  readonly lastsUs: number;
  /** Hosts only. */
  readonly pulse: LessonPulse | null;
}

export const NO_COUNTS: Counts = [0, 0, 0, 0];
const LASTS_US = 60_000_000;

export const pulseFold: PluginFold<PulseState> = {
  name: "pulse",
  load(view) {
    const fields = fieldsOf(view);
    const own = fieldsOf(fields["own"]);
    const mood = moodOf(own["mood"]);
    return {
      own: mood && { mood, atUs: numberOf(own["at_us"]) },
      isAnonymous: fields["is_anonymous"] === true,
      lastsUs: numberOf(fields["lasts_us"]) || LASTS_US,
      pulse: pulseOf(fields["pulse"]),
    };
  },
  apply(state, entry: EntryInfo) {
    if (entry.kind !== "pulse.felt") return state; // Only one's own is sent.
    const mood = moodOf(fieldsOf(entry.body)["mood"]);
    return { ...state, own: mood && { mood, atUs: entry.at_us } };
  },
  summarize(state, body) {
    const pulse = pulseOf(body);
    if (pulse === null) return state; // Nothing is told to who is no host.
    return { ...state, pulse: joined(state.pulse, pulse) };
  },
};

/** What one said oneself, while it counts. */
export function ownMood(state: PulseState, nowUs: number): Mood | null {
  const { own, lastsUs } = state;
  return own !== null && nowUs - own.atUs < lastsUs ? own.mood : null;
}

/** How many felt what at the end of a bucket. */
export function countsAt(pulse: LessonPulse, bucket: number): Counts {
  if (bucket < pulse.bucket) {
    return pulse.curve.findLast((point) => point.bucket <= bucket)?.counts ?? NO_COUNTS;
  }
  return pulse.window
    .filter((point) => point.bucket > bucket - pulse.windowBuckets)
    .reduce((sum, point) => added(sum, point.counts), NO_COUNTS);
}

/** What a signal says that flew by; null: of another shape. */
export function reactionsOf(body: unknown): { counts: Map<Reaction, number>; name: string } | null {
  const fields = fieldsOf(body);
  const said = fieldsOf(fields["counts"]);
  const counts = new Map<Reaction, number>();
  for (const reaction of REACTIONS) {
    const count = numberOf(said[reaction]);
    if (count > 0) counts.set(reaction, count);
  }
  return counts.size === 0 ? null : { counts, name: textOf(fields["name"]) ?? "" };
}

/** A summary has the end of the curve only; what was known before it stays. */
function joined(before: LessonPulse | null, now: LessonPulse): LessonPulse {
  const first = now.curve[0]?.bucket;
  if (before === null || first === undefined) return { ...now, curve: before?.curve ?? now.curve };
  return { ...now, curve: [...before.curve.filter(({ bucket }) => bucket < first), ...now.curve] };
}

function pulseOf(body: unknown): LessonPulse | null {
  const fields = fieldsOf(body);
  const bucketUs = numberOf(fields["bucket_us"]);
  if (bucketUs === 0) return null;
  return {
    bucket: numberOf(fields["bucket"]),
    bucketUs,
    windowBuckets: numberOf(fields["window_buckets"]),
    window: listOf(fields["window"]).map(pointOf),
    curve: listOf(fields["curve"]).map(pointOf),
    pages: listOf(fields["pages"]).map(pageOf),
    people: listOf(fields["people"]).flatMap(personOf),
  };
}

function pointOf(value: unknown): PulsePoint {
  const [bucket, counts] = listOf(value);
  const [lost, slower, faster, clear] = listOf(counts).map(numberOf);
  return {
    bucket: numberOf(bucket),
    counts: [lost ?? 0, slower ?? 0, faster ?? 0, clear ?? 0],
  };
}

function pageOf(value: unknown): PageMark {
  const [atUs, page, slide] = listOf(value);
  return { atUs: numberOf(atUs), page: textOf(page) ?? "", slide: numberOf(slide) };
}

function personOf(value: unknown): PulsePerson[] {
  const fields = fieldsOf(value);
  const mood = moodOf(fields["mood"]);
  const participantId = textOf(fields["participant_id"]);
  if (mood === null || participantId === null) return [];
  const name = textOf(fields["name"]) ?? "";
  return [{ participantId, name, mood, atUs: numberOf(fields["at_us"]) }];
}

function moodOf(value: unknown): Mood | null {
  return MOODS.find((mood) => mood === value) ?? null;
}

function added(a: Counts, b: Counts): Counts {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
