/** A soft sound when somebody comes to the door, for hosts who look at something else. */

import { signal } from "@preact/signals";

import { readPreferences, writePreferences } from "../../state/preferences";

/** Two short taps on wood, the second a little lower. */
const TAPS = [
  { atS: 0, hertz: 520 },
  { atS: 0.16, hertz: 440 },
] as const;
const TAP_S = 0.12;
const LOUDNESS = 0.12;
/** Many who come at once are one knock. */
const PAUSE_MS = 4_000;

export const isKnockHeard = signal(readPreferences().knockSound !== false);

let context: AudioContext | null = null;
let lastMs = -Infinity;

export function setKnockHeard(isHeard: boolean): void {
  isKnockHeard.value = isHeard;
  writePreferences({ knockSound: isHeard });
}

/** Say it by a sound, unless it was said just now, or the page may not make any yet. */
export function playKnock(nowMs: number): boolean {
  if (!isKnockHeard.value || nowMs - lastMs < PAUSE_MS) return false;
  // Before the first press or key no page may make a sound: then it stays silent, without an error.
  if (navigator.userActivation?.hasBeenActive === false) return false;
  lastMs = nowMs;
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume().catch(() => undefined);
  for (const tap of TAPS) play(context, tap);
  return true;
}

function play(context: AudioContext, { atS, hertz }: (typeof TAPS)[number]): void {
  const startS = context.currentTime + atS;
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = "triangle";
  tone.frequency.setValueAtTime(hertz, startS);
  volume.gain.setValueAtTime(LOUDNESS, startS);
  volume.gain.exponentialRampToValueAtTime(0.001, startS + TAP_S);
  tone.connect(volume).connect(context.destination);
  tone.start(startS);
  tone.stop(startS + TAP_S);
}
