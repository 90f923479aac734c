/** What a token says of itself. Only the server can verify it; the page reads it to greet and to prepare. */
export interface TokenClaims {
  readonly room: string;
  readonly identity: string;
  readonly name: string;
  readonly template: string | null;
  readonly role: string | null;
  /** False: there is nothing to check a microphone or a camera for. */
  readonly canPublish: boolean;
  readonly expiresAtUnixS: number | null;
}

export function readToken(token: string): TokenClaims | null {
  const payload = decodePayload(token.split(".")[1] ?? "");
  if (payload === null) return null;
  const grants = isRecord(payload["video"]) ? payload["video"] : payload;
  const expiry = payload["exp"];
  return {
    room: text(grants["room"]) ?? "",
    identity: text(payload["sub"]) ?? "",
    // A link for many names nobody.
    name: text(payload["name"]) ?? (payload["shared"] === true ? "" : (text(payload["sub"]) ?? "")),
    template: text(grants["template"]),
    role: text(grants["role"]),
    canPublish: canPublish(grants),
    expiresAtUnixS: typeof expiry === "number" ? expiry : null,
  };
}

/**
 * An observer sends nothing unless the token says so, and a merchant of a briefing until it is called
 * up; everybody else does unless it says not.
 */
function canPublish(grants: Readonly<Record<string, unknown>>): boolean {
  const said = grants["canPublish"];
  if (typeof said === "boolean") return said;
  const sources = grants["canPublishSources"];
  if (Array.isArray(sources)) return sources.length > 0;
  const role = grants["role"] ?? "merchant";
  return role !== "observer" && !(role === "merchant" && grants["template"] === "briefing");
}

function decodePayload(part: string): Record<string, unknown> | null {
  try {
    const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const payload: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(payload) ? payload : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
