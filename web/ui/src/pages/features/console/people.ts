/** Who stands in the console, in which order, and what a search finds. Pure. */

import type { Participant, Role } from "../../../client";

const RANK: Readonly<Record<Role, number>> = { host: 0, assistant: 1, merchant: 2, observer: 3 };

/** Hosts first, then assistants, then all others in the order in which they came. */
export function inOrder(people: readonly Participant[]): Participant[] {
  return [...people].sort(
    (a, b) => RANK[a.role] - RANK[b.role] || a.joinedAtUs - b.joinedAtUs,
  );
}

/** Everybody whose name has all the words, whatever their case and accents. */
export function found(people: readonly Participant[], query: string): readonly Participant[] {
  const words = plain(query).split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return people;
  return people.filter((person) => {
    const name = plain(person.name);
    return words.every((word) => name.includes(word));
  });
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{Mark}/gu, "").toLocaleLowerCase();
}

export interface Window {
  readonly first: number;
  readonly last: number;
}

/** Which rows of equal height are worth drawing; a few beyond the edge, so that none is missing. */
export function visibleRows(
  count: number,
  view: { readonly scrollTop: number; readonly height: number; readonly rowPx: number },
): Window {
  const beyond = 6;
  const first = Math.max(0, Math.floor(view.scrollTop / view.rowPx) - beyond);
  const last = Math.min(count, Math.ceil((view.scrollTop + view.height) / view.rowPx) + beyond);
  return { first: Math.min(first, Math.max(0, count - 1)), last };
}
