import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { t } from "../i18n/translate";
import { Icon, Seal } from "../shared/icons";
import { LanguageButton } from "../shared/language_button";
import type { Call } from "../state/call";
import { ConnectionDialog } from "./connection_dialog";
import { texts } from "./connection_texts";
import { feltQuality } from "./connection_words";
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
  const quality = feltQuality(link?.quality ?? "unknown", call.room.link);
  const qualityLabel = t("quality.label", { quality: t(`quality.${quality}`) });
  const [isOpen, setOpen] = useState(false);
  const layoutLabel = t(isSpeakerLayout ? "control.layout_grid" : "control.layout_speaker");
  return (
    <header class="top-bar">
      <Seal size={26} />
      <h1>{roomName(call)}</h1>
      <SessionTime startedAtUnixS={call.room.info?.started_at_unix_s ?? null} />
      <span class="top-bar-space" />
      <button
        type="button"
        class="quiet-button"
        data-testid="connection-button"
        aria-label={texts("open", { quality: qualityLabel })}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <QualityBars quality={quality} {...(detail !== undefined && { detail })} />
      </button>
      {isOpen && <ConnectionDialog call={call} onClose={() => setOpen(false)} />}
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

/** A group of the room may get another name while one is in it. */
function roomName(call: Call): string {
  for (const feature of call.shell.features.value) {
    const name = feature.roomName?.(call) ?? null;
    if (name !== null) return name;
  }
  return call.room.info?.name ?? call.claims.room;
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
