import type { EmporionError } from "../../client";
import type { TextKey } from "./translate";
import { t } from "./translate";

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
  "screen_share.taken": "error.screen_taken",
  "chat.too_long": "error.chat_too_long",
  "chat.empty": "error.chat_empty",
  "chat.rate_limited": "error.chat_rate_limited",
  "chat.unknown_recipient": "error.chat_unknown_recipient",
  rate_limited: "error.rate_limited",
  "protocol.version_unsupported": "error.version_unsupported",
};

/** An unknown code is shown as it is: it is what the operator's documents name. */
export function explainError(error: EmporionError): string {
  const key = TEXTS[error.code];
  return key === undefined ? t("error.other", { code: error.code }) : t(key);
}
