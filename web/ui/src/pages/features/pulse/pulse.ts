import { signal } from "@preact/signals";

import type { PluginState, Room } from "../../../client";
import type { Counts, Mood, PulseState } from "../../../client/plugins/pulse";
import { countsAt, NO_COUNTS, ownMood, pulseFold } from "../../../client/plugins/pulse";
import type { IconName } from "../../shared/icons";
import type { Call } from "../../state/call";
import { sessionNowUs } from "../../state/session_clock";

export const MOOD_ICONS: Readonly<Record<Mood, IconName>> = {
  lost: "lost",
  slower: "slower",
  faster: "faster",
  clear: "clear",
};

/** Whether the pad with moods and reactions is open. */
export const isPadOpen = signal(false);

/** Counts up while something may fade: what was said counts for a minute. */
export const fading = signal(0);

export function pulseOf(call: Call): PluginState<PulseState> {
  return call.room.plugin(pulseFold);
}

/** Hosts see how all feel, and have no mood of their own. */
export function seesPulse(call: Call): boolean {
  const role = call.room.self?.role;
  return role === "host" || role === "assistant";
}

/** What one said oneself, while it counts. */
export function moodNow(call: Call): Mood | null {
  void fading.value;
  return ownMood(pulseOf(call).state, sessionNowUs(call.room));
}

/** The bucket of now: five seconds of the session. */
export function bucketNow(room: Room, bucketUs: number): number {
  return Math.floor(sessionNowUs(room) / bucketUs);
}

/** How many feel what now. */
export function countsNow(call: Call): Counts {
  void fading.value;
  const { pulse } = pulseOf(call).state;
  if (pulse === null) return NO_COUNTS;
  return countsAt(pulse, Math.max(pulse.bucket, bucketNow(call.room, pulse.bucketUs)));
}
