import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { readToken } from "../client";
import { t } from "./i18n/translate";
import { Seal } from "./shared/icons";
import { LanguageButton } from "./shared/language_button";

/** For those who come without a token: what they need, and a place to paste it. */
export function NoLinkPage(): JSX.Element {
  const [link, setLink] = useState("");
  const [isBad, setBad] = useState(false);
  const open = (event: SubmitEvent): void => {
    event.preventDefault();
    const token = link.trim().split("#").pop() ?? "";
    if (readToken(token) === null) return setBad(true);
    location.hash = token;
    location.reload();
  };
  return (
    <div class="goodbye-page">
      <header class="join-header">
        <Seal />
        <span class="wordmark">{t("app.title")}</span>
        <LanguageButton />
      </header>
      <main class="goodbye-main">
        <h1>{t("nolink.title")}</h1>
        <p>{t("nolink.body")}</p>
        <form class="nolink-form" onSubmit={open}>
          <label class="field">
            <span class="field-label">{t("nolink.label")}</span>
            <input
              type="text"
              inputMode="url"
              value={link}
              aria-invalid={isBad}
              onInput={(event) => setLink(event.currentTarget.value)}
            />
            {isBad && (
              <span class="hint bad" role="alert">
                {t("nolink.bad")}
              </span>
            )}
          </label>
          <button type="submit" class="primary-button">
            {t("nolink.open")}
          </button>
        </form>
      </main>
    </div>
  );
}
