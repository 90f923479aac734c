import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { explainError } from "../i18n/errors";
import type { TextKey } from "../i18n/translate";
import { t } from "../i18n/translate";
import { DeviceFields } from "../shared/device_fields";
import { Icon, Seal } from "../shared/icons";
import { LanguageButton } from "../shared/language_button";
import type { Call } from "../state/call";
import { Preview } from "./preview";

const TEMPLATES: ReadonlySet<string> = new Set(["guidance", "class", "briefing"]);
const ROLES: ReadonlySet<string> = new Set(["host", "assistant", "merchant", "observer"]);

export function JoinPage({ call }: { call: Call }): JSX.Element {
  const [isAsking, setAsking] = useState(true);
  useEffect(() => {
    if (!call.claims.canPublish) return void call.room.prepare();
    void call.capture.startBoth().finally(() => {
      setAsking(false);
      void call.room.prepare();
    });
  }, [call]);
  return (
    <div class="join-page">
      <header class="join-header">
        <Seal />
        <span class="wordmark">{t("app.title")}</span>
        <LanguageButton />
      </header>
      <main class={call.claims.canPublish ? "join-main" : "join-main join-listening"}>
        {call.claims.canPublish && <Preview call={call} isAsking={isAsking} />}
        <JoinForm call={call} />
        {call.claims.canPublish && (
          <section class="join-devices" aria-label={t("join.devices")}>
            <DeviceFields call={call} />
          </section>
        )}
      </main>
    </div>
  );
}

function JoinForm({ call }: { call: Call }): JSX.Element {
  const [isNameMissing, setNameMissing] = useState(false);
  const isJoining = call.isJoining.value;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setNameMissing(call.name.value.trim() === "");
    if (call.name.value.trim() !== "") void call.join();
  };
  // The features are fetched while the hand is on its way to the button; so are socket and media,
  // if those that were opened with the page have waited for too long.
  const prepare = (): void => {
    void call.room.prepare();
    call.shell.prepare();
  };
  return (
    <form class="join-form" onSubmit={submit} noValidate>
      <Heading call={call} />
      <label class="field">
        <span class="field-label">{t("join.name")}</span>
        <input
          data-testid="name-input"
          type="text"
          autocomplete="name"
          maxLength={64}
          value={call.name.value}
          aria-invalid={isNameMissing}
          aria-describedby="name-hint"
          onInput={(event) => {
            call.name.value = event.currentTarget.value;
          }}
        />
        <span
          id="name-hint"
          class={isNameMissing ? "hint bad" : "hint"}
          role={isNameMissing ? "alert" : undefined}
        >
          {isNameMissing ? t("join.name_missing") : t("join.name_hint")}
        </span>
      </label>
      <Problems call={call} />
      {call.joinError.value !== null && (
        <p class="notice" role="alert">
          <Icon name="warning" size={20} />
          <span>{explainError(call.joinError.value)}</span>
        </p>
      )}
      <button
        type="submit"
        class="primary-button"
        data-testid="join-button"
        aria-disabled={isJoining}
        onPointerEnter={prepare}
        onPointerDown={prepare}
        onFocus={prepare}
      >
        {isJoining ? t("join.joining") : t("join.button")}
      </button>
    </form>
  );
}

function Heading({ call }: { call: Call }): JSX.Element {
  const { room, template, role } = call.claims;
  const facts = [
    template !== null && TEMPLATES.has(template) ? t(`template.${template}` as TextKey) : null,
    role !== null && ROLES.has(role) ? t("join.as", { role: t(`role.${role}` as TextKey) }) : null,
  ].filter((fact) => fact !== null);
  return (
    <div class="join-heading">
      <h1>{room}</h1>
      {facts.length > 0 && <p>{facts.join(" · ")}</p>}
    </div>
  );
}

/** What is wrong with the devices, and what to do; joining stays possible. */
function Problems({ call }: { call: Call }): JSX.Element | null {
  const kinds = (["microphone", "camera"] as const).filter(
    (kind) => call.capture.problems[kind].value !== null,
  );
  if (kinds.length === 0) return null;
  return (
    <div class="problems" role="alert">
      {kinds.map((kind) => (
        <p key={kind} class="notice">
          <Icon name={`${kind}Off`} size={20} />
          <span>{t(`problem.${kind}.${call.capture.problems[kind].value ?? "failed"}`)}</span>
        </p>
      ))}
      <p class="hint">{t("join.without")}</p>
      <button type="button" class="text-button" onClick={() => void call.capture.startBoth()}>
        {t("join.try_again")}
      </button>
    </div>
  );
}
