import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { t } from "../i18n/translate";
import { LevelMeter } from "../state/level_meter";

const BARS = 16;

/** The microphone's level as a row of bars, drawn outside the render loop. */
export function LevelBars({ track }: { track: MediaStreamTrack | null }): JSX.Element {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (track === null || row.current === null) return undefined;
    return animate(new LevelMeter(track), row.current);
  }, [track]);
  return (
    <div
      ref={row}
      class="level"
      role="meter"
      aria-label={t("join.level")}
      aria-valuemin={0}
      aria-valuemax={BARS}
      aria-valuenow={0}
    >
      {Array.from({ length: BARS }, (_, index) => (
        <i key={index} />
      ))}
    </div>
  );
}

function animate(meter: LevelMeter, row: HTMLElement): () => void {
  let level = 0;
  let frame = 0;
  const draw = (): void => {
    // Rises at once, falls slowly: a word is seen, not a flicker.
    level = Math.max(meter.read(), level - 0.02);
    const lit = Math.round(level * BARS);
    [...row.children].forEach((bar, index) => bar.classList.toggle("lit", index < lit));
    row.setAttribute("aria-valuenow", String(lit));
    frame = requestAnimationFrame(draw);
  };
  frame = requestAnimationFrame(draw);
  return () => {
    cancelAnimationFrame(frame);
    meter.close();
  };
}
