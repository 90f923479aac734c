import { t } from "../i18n/translate";
import type { StageItem } from "../state/stage_items";

export function tileName(item: StageItem): string {
  const { participant, source, isSelf } = item;
  const { name } = participant;
  const shown = source === "screen_share" ? t("tile.screen", { name }) : name;
  return isSelf ? `${shown} (${t("app.you")})` : shown;
}
