import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { t } from "../i18n/translate";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";

/** The connection is gone: what happens by itself, and how long the place is kept. */
export function ReconnectBanner({ call }: { call: Call }): JSX.Element | null {
  if (call.room.phase === "reconnecting")
    return <LostConnection giveUpAtMs={call.room.giveUpAtMs ?? 0} />;
  if (call.room.mediaState !== "interrupted") return null;
  return (
    <div class="banner banner-warning" data-testid="reconnect-banner" role="status">
      <Icon name="warning" size={20} />
      <span class="banner-text">{t("reconnect.media")}</span>
    </div>
  );
}

function LostConnection({ giveUpAtMs }: { giveUpAtMs: number }): JSX.Element {
  const remainingMs = Math.max(0, giveUpAtMs - useNowMs());
  const wholeMs = useRef(Math.max(1, remainingMs));
  return (
    <div class="banner banner-warning" data-testid="reconnect-banner">
      <Icon name="warning" size={20} />
      <div class="banner-text">
        <strong role="alert">{t("reconnect.title")}</strong>
        <span aria-hidden="true">
          {t("reconnect.body", { seconds: Math.ceil(remainingMs / 1000) })}
        </span>
        <progress max={1} value={remainingMs / wholeMs.current} aria-label={t("reconnect.title")} />
      </div>
    </div>
  );
}

function useNowMs(): number {
  const [nowMs, setNowMs] = useState(performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
