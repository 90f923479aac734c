import type { JSX } from "preact";

import type { ScreenContent } from "../../../client";
import { t } from "../../i18n/translate";
import { Icon } from "../../shared/icons";
import type { CallProps } from "../feature";
import { texts } from "./texts";

/** While one shares: that one does, what it is, and the way to end it. */
export function SharingBanner({ call }: CallProps): JSX.Element | null {
  if (!call.screen.isOn) return null;
  const choice = (content: ScreenContent): JSX.Element => (
    <button
      type="button"
      data-testid={`share-${content}`}
      title={texts(`content_${content}_hint`)}
      aria-pressed={call.screen.content.value === content}
      onClick={() => void call.screen.choose(content)}
    >
      {texts(`content_${content}`)}
    </button>
  );
  return (
    <div class="banner banner-calm sharing-banner" data-testid="sharing-banner">
      <Icon name="screen" size={20} />
      <span class="banner-text" role="status">
        {t("stage.sharing")}
      </span>
      <span class="share-content" role="group" aria-label={texts("content")}>
        {choice("text")}
        {choice("motion")}
      </span>
      <button type="button" class="secondary-button small" onClick={() => void call.screen.stop()}>
        {t("control.share_stop")}
      </button>
    </div>
  );
}
