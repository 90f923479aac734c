import type { EmporionError } from "../../client";
import type { TextKey } from "./translate";
import { t } from "./translate";
import { featureError } from "./translations";

/** For each code that a person may meet: what happened, and what to do. */
const TEXTS: Readonly<Record<string, TextKey>> = {
  "connection.lost": "error.connection_lost",
  "connection.failed": "error.connection_failed",
  "connection.request_timeout": "error.request_timeout",
  "media.failed": "error.media_failed",
  "token.invalid": "error.token_invalid",
  "token.expired": "error.token_expired",
  "token.not_yet_valid": "error.token_not_yet_valid",
  "token.room_mismatch": "error.token_invalid",
  "grant.missing": "error.not_allowed",
  denied: "error.not_allowed",
  "room.full": "error.room_full",
  "room.closed": "error.room_closed",
  "room.door_full": "error.door_busy",
  "room.door_busy": "error.door_busy",
  "lobby.locked": "error.room_locked",
  "room.removed": "error.removed",
  "participant.not_removed": "error.not_removed",
  "lobby.banned": "error.banned",
  "lobby.refused": "error.refused",
  "screen_share.taken": "error.screen_taken",
  rate_limited: "error.rate_limited",
  "protocol.version_unsupported": "error.version_unsupported",
};

/** An unknown code is shown as it is: it is what the operator's documents name. */
export function explainError(error: EmporionError): string {
  const key = TEXTS[error.code];
  if (key !== undefined) return t(key);
  return featureError(error.code) ?? t("error.other", { code: error.code });
}
