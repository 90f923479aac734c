import type { JSX } from "preact";

import type { Quality } from "../../client";
import { t } from "../i18n/translate";

const LEVELS: Readonly<Record<Quality, number>> = { unknown: 0, poor: 1, fair: 2, good: 3 };

export function QualityBars({
  quality,
  detail,
}: {
  quality: Quality;
  detail?: string;
}): JSX.Element {
  const label = t("quality.label", { quality: t(`quality.${quality}`) });
  const title = detail === undefined ? label : `${label} · ${detail}`;
  return (
    <svg
      class={`quality quality-${quality}`}
      width="18"
      height="16"
      viewBox="0 0 18 16"
      role="img"
      aria-label={label}
    >
      <title>{title}</title>
      {[0, 1, 2].map((index) => (
        <rect
          key={index}
          class={index < LEVELS[quality] ? "lit" : ""}
          x={1 + index * 6}
          y={10 - index * 4}
          width="4"
          height={5 + index * 4}
          rx="1"
        />
      ))}
    </svg>
  );
}
