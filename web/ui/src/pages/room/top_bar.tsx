import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { t } from "../i18n/translate";
import { Icon, Seal } from "../shared/icons";
import { LanguageButton } from "../shared/language_button";
import type { Call } from "../state/call";
import { QualityBars } from "./quality_bars";

interface TopBarProps {
  call: Call;
  isSpeakerLayout: boolean;
  onLayout: () => void;
}

export function TopBar({ call, isSpeakerLayout, onLayout }: TopBarProps): JSX.Element {
  const link = call.link.quality.value;
  const lost = link === null ? "" : (link.lostRatio * 100).toFixed(1);
  const detail =
    link?.roundTripMs == null ? undefined : t("quality.detail", { ms: link.roundTripMs, lost });
  const layoutLabel = t(isSpeakerLayout ? "control.layout_grid" : "control.layout_speaker");
  return (
    <header class="top-bar">
      <Seal size={26} />
      <h1>{call.room.info?.name ?? call.claims.room}</h1>
      <SessionTime startedAtUnixS={call.room.info?.started_at_unix_s ?? null} />
      <span class="top-bar-space" />
      <QualityBars quality={link?.quality ?? "unknown"} {...(detail !== undefined && { detail })} />
      <button
        type="button"
        class="quiet-button"
        data-testid="layout-button"
        data-on={isSpeakerLayout}
        aria-label={layoutLabel}
        title={layoutLabel}
        onClick={onLayout}
      >
        <Icon name={isSpeakerLayout ? "grid" : "speaker"} size={20} />
      </button>
      <LanguageButton />
    </header>
  );
}

/** How long the session has been going on: a teacher keeps an eye on it. */
function SessionTime({ startedAtUnixS }: { startedAtUnixS: number | null }): JSX.Element | null {
  const [nowS, setNowS] = useState(Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNowS(Date.now() / 1000), 1_000);
    return () => clearInterval(timer);
  }, []);
  if (startedAtUnixS === null) return null;
  const seconds = Math.max(0, Math.floor(nowS - startedAtUnixS));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const text = (parts[0] === 0 ? parts.slice(1) : parts)
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return (
    <time class="session-time" role="timer" aria-live="off">
      {text}
    </time>
  );
}
