import { fieldsOf, textOf } from "./entry_bodies";
import type { EntryInfo, RemovedPerson } from "./protocol";
import type { Roster } from "./roster";

const REMOVALS: ReadonlySet<unknown> = new Set(["removed", "banned"]);

/** Whom hosts have put out and nobody has let in since, after an entry that the roster has not yet. */
export function withEntry(
  before: readonly RemovedPerson[],
  entry: EntryInfo,
  roster: Roster,
): readonly RemovedPerson[] {
  const body = fieldsOf(entry.body);
  switch (entry.kind) {
    case "room.participant_left": {
      const person = roster.participant(textOf(body["participant_id"]) ?? "");
      if (person === undefined || !REMOVALS.has(body["cause"])) return before;
      return withPerson(before, { identity: person.identity, name: person.name });
    }
    case "room.participant_removed": {
      const identity = textOf(body["identity"]) ?? "";
      return withPerson(before, { identity, name: textOf(body["name"]) ?? identity });
    }
    case "room.participant_joined":
      return without(before, textOf(fieldsOf(body["participant"])["identity"]));
    case "room.participant_readmitted":
      return without(before, textOf(body["identity"]));
    default:
      return before;
  }
}

function withPerson(
  before: readonly RemovedPerson[],
  person: RemovedPerson,
): readonly RemovedPerson[] {
  return [...without(before, person.identity), person];
}

function without(before: readonly RemovedPerson[], identity: string | null): readonly RemovedPerson[] {
  const isThere = before.some((person) => person.identity === identity);
  return isThere ? before.filter((person) => person.identity !== identity) : before;
}
