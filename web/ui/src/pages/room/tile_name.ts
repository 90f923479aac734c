import { t } from "../i18n/translate";
import type { StageItem } from "../state/stage_items";

export function tileName(item: StageItem): string {
  const { participant, source, isSelf } = item;
  if (source === "screen_share") return t("tile.screen", { name: participant.name });
  return isSelf ? `${participant.name} (${t("app.you")})` : participant.name;
}
