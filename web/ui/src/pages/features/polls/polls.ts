import { signal } from "@preact/signals";

import type { PollsState } from "../../../client/plugins/polls";
import { pollsFold } from "../../../client/plugins/polls";
import { succeeds } from "../../state/attempts";
import type { Call } from "../../state/call";
import { formatSpan, sessionNowUs } from "../../state/session_clock";

export const MAX_TEXT_CHARACTERS = 200;

/** Whether the form for a new poll stands in the panel's place. */
export const isMaking = signal(false);

export function pollsOf(call: Call): PollsState {
  return call.room.plugin(pollsFold).state;
}

export function runsPolls(call: Call): boolean {
  return call.room.grants.canPoll;
}

/** Observers look on. */
export function mayVote(call: Call): boolean {
  return call.room.self !== undefined && call.room.self.role !== "observer";
}

/** Send a request; returns whether it is done, and says so if it is not. */
export function askPolls(
  call: Call,
  body: { type: string; [field: string]: unknown },
): Promise<boolean> {
  return succeeds(call.room.plugin(pollsFold).request(body));
}

/** How long a poll still takes answers; null: until a host closes it. */
export function timeLeft(call: Call, closesAtUs: number): string | null {
  if (closesAtUs === 0) return null;
  return formatSpan(Math.max(0, closesAtUs - sessionNowUs(call.room)));
}
