import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { CallProps } from "../feature";
import { FlyingReactions } from "./flying_reactions";
import { countsNow, fading, isPadOpen, moodNow } from "./pulse";
import { PulsePad } from "./pulse_pad";

const FADING_MS = 2_000;

/** Over the page, wherever the button stands: in the bar or in the sheet of further ones. */
export function PulseLayer({ call }: CallProps): JSX.Element {
  const isFading = moodNow(call) !== null || countsNow(call).some((count) => count > 0);
  useEffect(() => {
    if (!isFading) return undefined;
    const timer = setInterval(() => {
      fading.value += 1;
    }, FADING_MS);
    return () => clearInterval(timer);
  }, [isFading]);
  return (
    <>
      <FlyingReactions call={call} />
      {isPadOpen.value && <PulsePad call={call} />}
    </>
  );
}
