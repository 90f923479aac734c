/** What stands in a message: words, addresses that may be opened, people who are mentioned. */

export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "mention"; readonly text: string }
  | { readonly kind: "link"; readonly href: string; readonly host: string; readonly rest: string };

// Chinese has no spaces around an address; it ends where the characters of an address end.
const ADDRESS = /https?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uffef\p{Script=Han}]+/giu;
const TRAILING = /[.,;:!?)\]}…]+$/u;
const MAX_REST = 48;

/** Split a text at its addresses and at the names (`@name`) of those who are mentioned. */
export function partsOf(text: string, names: readonly string[] = []): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const link = linkOf(trimmed(match[0]));
    if (link === null) continue;
    const length = trimmed(match[0]).length;
    parts.push(...mentionsIn(text.slice(end, match.index), names), link);
    end = match.index + length;
  }
  return [...parts, ...mentionsIn(text.slice(end), names)];
}

/** An address that may be opened: of the web, and not dressed up as another one. */
function linkOf(address: string): TextPart | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  const isOfWeb = url.protocol === "https:" || url.protocol === "http:";
  // https://bank.example@evil.example would show the wrong host first.
  if (!isOfWeb || url.username !== "" || url.password !== "") return null;
  const whole = url.pathname === "/" && url.search === "" && url.hash === "";
  const rest = whole ? "" : url.pathname + url.search + url.hash;
  const shown = rest.length > MAX_REST ? `${rest.slice(0, MAX_REST)}…` : rest;
  return { kind: "link", href: url.href, host: url.host, rest: shown };
}

/** Without the signs that belong to the sentence, but with a bracket that the address opened. */
function trimmed(address: string): string {
  const bare = address.replace(TRAILING, "");
  return bare.includes("(") && address.charAt(bare.length) === ")" ? `${bare})` : bare;
}

function mentionsIn(text: string, names: readonly string[]): TextPart[] {
  if (text === "") return [];
  // The longest first: somebody may be called as the beginning of somebody else.
  const marks = names.map((name) => `@${name}`).sort((a, b) => b.length - a.length);
  const found = marks
    .map((mark) => ({ mark, at: text.indexOf(mark) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.mark.length - a.mark.length)[0];
  if (found === undefined) return [{ kind: "text", text }];
  const { mark, at } = found;
  const before: TextPart[] = at > 0 ? [{ kind: "text", text: text.slice(0, at) }] : [];
  const mention: TextPart = { kind: "mention", text: mark };
  return [...before, mention, ...mentionsIn(text.slice(at + mark.length), names)];
}
