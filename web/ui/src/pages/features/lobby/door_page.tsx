import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { DoorWait } from "../../../client";
import { t } from "../../i18n/translate";
import { Preview } from "../../join/preview";
import { DeviceFields } from "../../shared/device_fields";
import { Icon, Seal } from "../../shared/icons";
import { LanguageButton } from "../../shared/language_button";
import type { Call } from "../../state/call";
import type { CallProps } from "../feature";
import { texts } from "./texts";

const REASONS = {
  "lobby.waiting_room": "door_waiting_room",
  "lobby.no_host": "door_no_host",
  "lobby.full": "door_full",
  "room.full": "door_full",
  "lobby.removed": "door_removed",
} as const;

/** For who waits to be let in: what for, how long already, and time to look at one's devices. */
export function DoorPage({ call }: CallProps): JSX.Element | null {
  const { wait } = call.room;
  if (wait === null) return null;
  const { canPublish } = call.claims;
  return (
    <div class="join-page door-page" data-testid="door-page" data-code={wait.code}>
      <header class="join-header">
        <Seal />
        <span class="wordmark">{t("app.title")}</span>
        <LanguageButton />
      </header>
      <main class={canPublish ? "join-main" : "join-main join-listening"}>
        {canPublish && <Preview call={call} isAsking={false} />}
        <Waiting call={call} wait={wait} />
        {canPublish && (
          <section class="join-devices" aria-label={t("join.devices")}>
            <DeviceFields call={call} />
          </section>
        )}
      </main>
    </div>
  );
}

function Waiting({ call, wait }: { call: Call; wait: DoorWait }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const name = call.name.value.trim();
  useEffect(() => {
    document.title = `${texts("door_title")} · ${call.claims.room}`;
    heading.current?.focus();
  }, [call]);
  return (
    <section class="door-wait">
      <p class="door-room">{call.claims.room}</p>
      <div class="door-reason" role="status">
        <span class="door-knock" aria-hidden="true">
          <Icon name="door" size={28} />
        </span>
        <h1 ref={heading} tabIndex={-1}>
          {texts(reasonOf(wait.code))}
        </h1>
        {reasonOf(wait.code) === "door_full" && (
          <p>
            {wait.places === null
              ? texts("door_taken")
              : texts("door_places", { places: wait.places })}
          </p>
        )}
        <Position position={wait.position} />
      </div>
      <p class="door-facts">
        {name !== "" && <span>{texts("door_as", { name })}</span>}
        <Elapsed sinceMs={wait.sinceMs} />
      </p>
      {call.room.giveUpAtMs === null ? (
        <p class="door-hint">{texts(call.claims.canPublish ? "door_hint" : "door_listen_hint")}</p>
      ) : (
        <p class="notice" role="alert">
          <Icon name="warning" size={20} />
          <span>{texts("door_lost")}</span>
        </p>
      )}
      <button
        type="button"
        class="secondary-button"
        data-testid="door-leave"
        onClick={() => call.leave()}
      >
        {texts("door_leave")}
      </button>
    </section>
  );
}

function Position({ position }: { position: number | null }): JSX.Element | null {
  if (position === null) return null;
  return (
    <p class="door-position">
      {position === 1 ? texts("door_first") : texts("door_position", { count: position - 1 })}
    </p>
  );
}

function Elapsed({ sinceMs }: { sinceMs: number }): JSX.Element {
  const [nowMs, setNowMs] = useState(performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return (
    <span class="door-time" role="timer" aria-live="off">
      {texts("door_since", { time })}
    </span>
  );
}

function reasonOf(code: string): (typeof REASONS)[keyof typeof REASONS] | "door_other" {
  return code in REASONS ? REASONS[code as keyof typeof REASONS] : "door_other";
}
