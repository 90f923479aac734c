import type { JSX } from "preact";

const GLAZES = 6;

/** The two given-name characters of a Chinese name, or the initials of another. */
export function nameMark(name: string): string {
  const trimmed = name.trim();
  if (/\p{Script=Han}/u.test(trimmed)) {
    const characters = [...trimmed.replace(/[^\p{Script=Han}]/gu, "")];
    return characters.length > 2 ? characters.slice(-2).join("") : characters.join("");
  }
  const words = trimmed.split(/\s+/).filter((word) => word !== "");
  const initials = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return initials
    .map((word) => [...(word ?? "?")][0] ?? "?")
    .join("")
    .toUpperCase();
}

/** One of the glazes, always the same for the same person. */
export function glazeOf(identity: string): string {
  let hash = 7;
  for (const character of identity) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return `glaze-${hash % GLAZES}`;
}

export function Avatar({ name, identity }: { name: string; identity: string }): JSX.Element {
  return (
    <span class={`avatar ${glazeOf(identity)}`} aria-hidden="true">
      {nameMark(name)}
    </span>
  );
}
