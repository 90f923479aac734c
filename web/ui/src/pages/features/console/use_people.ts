import { useEffect, useRef, useState } from "preact/hooks";

import type { Participant } from "../../../client";
import type { Call } from "../../state/call";
import { inOrder } from "./people";

/** Below this everything is put in order at each change. */
const FEW = 300;
const EVERY_MS = 500;

/** Everybody in the room; of very many the order may be half a second old. */
export function usePeople(call: Call): readonly Participant[] {
  const kept = useRef<{ atMs: number; people: readonly Participant[] } | null>(null);
  const [, draw] = useState(0);
  const all = call.room.roster.participants;
  const nowMs = performance.now();
  const { current } = kept;
  const isFresh = current !== null && all.length > FEW && nowMs - current.atMs < EVERY_MS;
  if (!isFresh) kept.current = { atMs: nowMs, people: inOrder(all) };
  useEffect(() => {
    if (!isFresh) return undefined;
    const timer = setTimeout(() => draw((count) => count + 1), EVERY_MS);
    return () => clearTimeout(timer);
  });
  return kept.current?.people ?? [];
}
