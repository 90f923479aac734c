/** Reads the bodies of the room's own entries; a body of another shape gives null and is passed over. */

import type { Grants, ParticipantInfo, Source, TrackInfo } from "./protocol";

type Fields = Readonly<Record<string, unknown>>;

const ROLES: ReadonlySet<unknown> = new Set(["host", "assistant", "merchant", "observer"]);
const SOURCES: ReadonlySet<unknown> = new Set([
  "microphone",
  "camera",
  "screen_share",
  "screen_share_audio",
]);

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

export function participantOf(body: unknown): ParticipantInfo | null {
  const fields = fieldsOf(fieldsOf(body)["participant"] ?? body);
  const id = textOf(fields["participant_id"]);
  const role = fields["role"];
  if (id === null || !isRole(role)) return null;
  return {
    participant_id: id,
    identity: textOf(fields["identity"]) ?? "",
    name: textOf(fields["name"]) ?? "",
    role,
    joined_at_us: numberOf(fields["joined_at_us"]),
    connected: fields["connected"] !== false,
    grants: isGrants(fields["grants"]) ? fields["grants"] : null,
  };
}

export function trackOf(body: unknown): TrackInfo | null {
  const fields = fieldsOf(fieldsOf(body)["track"] ?? body);
  const id = textOf(fields["track_id"]);
  const participantId = textOf(fields["participant_id"]);
  const source = fields["source"];
  if (id === null || participantId === null || !isSource(source)) return null;
  return {
    track_id: id,
    participant_id: participantId,
    source,
    muted: fields["muted"] === true,
    width_px: numberOf(fields["width_px"]),
    height_px: numberOf(fields["height_px"]),
    published_seq: numberOf(fields["published_seq"]),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** All or nothing: the server writes each grant. */
function isGrants(value: unknown): value is Grants {
  const fields = fieldsOf(value);
  return Array.isArray(fields["can_publish_sources"]) && typeof fields["can_draw"] === "boolean";
}

function isRole(value: unknown): value is ParticipantInfo["role"] {
  return ROLES.has(value);
}

function isSource(value: unknown): value is Source {
  return SOURCES.has(value);
}
