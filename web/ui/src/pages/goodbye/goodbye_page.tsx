import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { EmporionError } from "../../client";
import type { TextKey } from "../i18n/translate";
import { t } from "../i18n/translate";
import { Seal } from "../shared/icons";
import { LanguageButton } from "../shared/language_button";
import type { Call } from "../state/call";

type Ending =
  | "left"
  | "duplicate_identity"
  | "removed"
  | "banned"
  | "refused"
  | "room_closed"
  | "server_stopping"
  | "token_expired"
  | "token_invalid"
  | "connection"
  | "media"
  | "other";

const ENDINGS: Readonly<Record<string, Ending>> = {
  left: "left",
  duplicate_identity: "duplicate_identity",
  removed: "removed",
  banned: "banned",
  "room.removed": "removed",
  "lobby.banned": "banned",
  "lobby.refused": "refused",
  room_closed: "room_closed",
  server_stopping: "server_stopping",
  "token.expired": "token_expired",
  "token.invalid": "token_invalid",
  "token.room_mismatch": "token_invalid",
  "media.failed": "media",
};
/** Nothing is to be gained by coming back at once. */
const FINAL: ReadonlySet<Ending> = new Set([
  "removed",
  "banned",
  "room_closed",
  "token_expired",
  "token_invalid",
]);
/** The words of `lobby.refused` without a host's own. */
const NO_WORDS = "A host did not let you in.";
const FIRST_WAIT_S = 3;
const LONGEST_WAIT_S = 60;

export function GoodbyePage({ call }: { call: Call }): JSX.Element {
  const error = call.ending.value;
  const ending = endingOf(error);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="goodbye-page" data-testid="goodbye" data-code={error?.code ?? ""}>
      <header class="join-header">
        <Seal />
        <span class="wordmark">{t("app.title")}</span>
        <LanguageButton />
      </header>
      <main class="goodbye-main">
        <h1 ref={heading} tabIndex={-1}>
          {t(`goodbye.${ending}.title`)}
        </h1>
        <p>{t(`goodbye.${ending}.body`, { code: error?.code ?? "" })}</p>
        {ending === "refused" && error !== null && <HostsWords message={error.message} />}
        {!FINAL.has(ending) && (
          <Rejoin
            key={call.comebacks}
            call={call}
            ending={ending}
            isAutomatic={error?.retryable === true}
          />
        )}
      </main>
    </div>
  );
}

/** What the host wrote, if it is not what the server says where a host writes nothing. */
function HostsWords({ message }: { message: string }): JSX.Element | null {
  if (message === "" || message === NO_WORDS) return null;
  return (
    <blockquote class="hosts-words" data-testid="hosts-words">
      {message}
    </blockquote>
  );
}

function Rejoin({
  call,
  ending,
  isAutomatic,
}: {
  call: Call;
  ending: Ending;
  isAutomatic: boolean;
}): JSX.Element {
  const [remaining, setRemaining] = useState(isAutomatic ? waitS(call.comebacks) : null);
  const rejoin = (): void => {
    setRemaining(null);
    call.comebacks += 1;
    void call.join();
  };
  useEffect(() => {
    if (remaining === null || call.isJoining.value) return undefined;
    const timer = setTimeout(() => {
      if (remaining > 1) return setRemaining(remaining - 1);
      rejoin();
    }, 1_000);
    return () => clearTimeout(timer);
  });
  const label: TextKey =
    ending === "duplicate_identity"
      ? "goodbye.take_over"
      : remaining === null
        ? "goodbye.rejoin"
        : "goodbye.rejoin_now";
  return (
    <div class="goodbye-actions">
      {remaining !== null && (
        <p class="hint" aria-live="off">
          {t("goodbye.rejoin_in", { seconds: remaining })}
        </p>
      )}
      <button
        type="button"
        class="primary-button"
        data-testid="rejoin-button"
        aria-disabled={call.isJoining.value}
        onClick={rejoin}
      >
        {call.isJoining.value ? t("join.joining") : t(label)}
      </button>
      {remaining !== null && (
        <button type="button" class="text-button" onClick={() => setRemaining(null)}>
          {t("goodbye.stay_out")}
        </button>
      )}
    </div>
  );
}

/** Longer with every comeback that did not last, so that a server in trouble is left alone. */
function waitS(comebacks: number): number {
  return Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** comebacks + Math.floor(Math.random() * 3));
}

function endingOf(error: EmporionError | null): Ending {
  if (error === null) return "left";
  if (error.code.startsWith("connection.") || error.code.startsWith("resume.")) return "connection";
  return ENDINGS[error.code] ?? "other";
}
