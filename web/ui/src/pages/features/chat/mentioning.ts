import type { Participant } from "../../../client";

/** What is being typed after an @ just before the caret; null: nobody is being mentioned. */
export interface Mentioning {
  readonly start: number;
  readonly typed: string;
}

const LONGEST_NAME = 64;
const SHOWN_PEOPLE = 6;

export function mentioningAt(text: string, caret: number): Mentioning | null {
  const start = text.lastIndexOf("@", caret - 1);
  if (start < 0) return null;
  // An address of mail is no mention: before it stands a letter or digit of the same word.
  if (/[A-Za-z0-9._%+-]/.test(text.charAt(start - 1))) return null;
  const typed = text.slice(start + 1, caret);
  return typed.length > LONGEST_NAME || typed.includes("\n") ? null : { start, typed };
}

/** Whom the typed letters may mean: names that begin so before names that hold it. */
export function candidatesFor(typed: string, people: readonly Participant[]): Participant[] {
  const wanted = typed.toLowerCase();
  const rank = (person: Participant): number => {
    const at = person.name.toLowerCase().indexOf(wanted);
    return at < 0 ? 2 : Math.min(at, 1);
  };
  return people
    .filter((person) => rank(person) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, SHOWN_PEOPLE);
}

/** The text with the name put in, and where the caret stands then. */
export function withMention(
  text: string,
  { start, typed }: Mentioning,
  name: string,
): { text: string; caret: number } {
  const mark = `@${name} `;
  const rest = text.slice(start + 1 + typed.length).replace(/^ /, "");
  return { text: text.slice(0, start) + mark + rest, caret: start + mark.length };
}
