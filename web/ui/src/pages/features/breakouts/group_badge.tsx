import type { JSX } from "preact";

import type { PersonProps } from "../feature";
import { breakoutsOf, leadsGroups } from "./breakouts";

/** In a list of people, for who leads the groups: the one that somebody belongs to. */
export function GroupBadge({ call, person }: PersonProps): JSX.Element | null {
  const { assignment, groups, own } = breakoutsOf(call).state;
  if (own !== null || !leadsGroups(call)) return null;
  const group = groups.find(({ number }) => number === assignment[person.identity]);
  if (group === undefined) return null;
  return <span class="group-badge">{group.name}</span>;
}
