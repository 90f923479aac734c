import type { JSX } from "preact";

import { language, setLanguage, t } from "../i18n/translate";
import { Icon } from "./icons";

/** Named in the language it leads to, for those who cannot read the present one. */
export function LanguageButton(): JSX.Element {
  const other = language.value === "zh" ? "en" : "zh";
  return (
    <button
      type="button"
      class="quiet-button"
      data-testid="language-button"
      lang={other === "zh" ? "zh-CN" : "en"}
      aria-label={`${t("app.language")}: ${t("app.switch_language")}`}
      onClick={() => setLanguage(other)}
    >
      <Icon name="language" size={20} />
      <span class="wide-only">{t("app.switch_language")}</span>
    </button>
  );
}
