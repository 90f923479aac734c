import type { JSX } from "preact";

import { screenShareFold } from "../../../client/plugins/screen_share";
import { Icon } from "../../shared/icons";
import type { CallProps } from "../feature";
import { texts } from "./texts";

/** A host wants to see this person's screen: one tap opens the browser's picker. */
export function AskedBanner({ call }: CallProps): JSX.Element | null {
  const plugin = call.room.plugin(screenShareFold);
  const ask = plugin.state.asks.find(({ identity }) => identity === call.room.self?.identity);
  if (ask === undefined || call.screen.isOn) return null;
  const { by } = ask;
  const { isPossible } = call.screen;
  const decline = (cause: "declined" | "unsupported"): void =>
    void call.attempt(plugin.request({ type: "decline_ask", cause }));
  return (
    <div class="banner banner-calm" role="alert" data-testid="share-asked">
      <Icon name="screen" size={20} />
      <span class="banner-text">{texts(isPossible ? "asked" : "asked_no_way", { by })}</span>
      {isPossible ? (
        <span class="banner-actions">
          <button
            type="button"
            class="primary-button small"
            data-testid="share-accept"
            onClick={() => void call.screen.toggle()}
          >
            {texts("accept")}
          </button>
          <button
            type="button"
            class="secondary-button small"
            data-testid="share-decline"
            onClick={() => decline("declined")}
          >
            {texts("decline")}
          </button>
        </span>
      ) : (
        <button
          type="button"
          class="secondary-button small"
          data-testid="share-decline"
          onClick={() => decline("unsupported")}
        >
          {texts("tell", { by })}
        </button>
      )}
    </div>
  );
}
