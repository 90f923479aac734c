import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Call } from "../../state/call";
import { texts } from "./texts";

const LOOK_EVERY_MS = 20_000;

/** How long somebody has waited, in minutes; `sinceUs` is on the session's clock. */
export function Since({ call, sinceUs }: { call: Call; sinceUs: number }): JSX.Element {
  const startedS = (call.room.info?.started_at_unix_s ?? 0) + sinceUs / 1e6;
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  // This device's clock may go wrong: nobody has waited for less than nothing.
  const minutes = Math.max(0, Math.floor((nowMs / 1000 - startedS) / 60));
  return <>{minutes === 0 ? texts("since_now") : texts("since_minutes", { minutes })}</>;
}
