import "./whole_screen_card.css";

import type { JSX } from "preact";
import { useCallback } from "preact/hooks";

import { t } from "../i18n/translate";
import { Icon } from "../shared/icons";
import { useChanges } from "../state/changes";

/**
 * Stands over one's own picture while the whole screen is shared, which holds this page.
 *
 * The video stays below it: what is drawn needs its size, and it can be frozen to draw on it.
 * Spec: W3C Screen Capture, "displaySurface" and "configurationchange" (another surface was chosen).
 */
export function WholeScreenCard({ track }: { track: MediaStreamTrack }): JSX.Element | null {
  const follow = useCallback(
    (listener: () => void) => {
      track.addEventListener("configurationchange", listener);
      return () => track.removeEventListener("configurationchange", listener);
    },
    [track],
  );
  useChanges(follow);
  if (track.getSettings().displaySurface !== "monitor") return null;
  return (
    <div class="whole-screen-card" data-testid="whole-screen-card">
      <Icon name="screen" size={28} />
      <p>{t("tile.whole_screen")}</p>
      <p class="whole-screen-hint">{t("tile.whole_screen_hint")}</p>
    </div>
  );
}
