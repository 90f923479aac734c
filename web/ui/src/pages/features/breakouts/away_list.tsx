import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { AwayPerson } from "../../../client/plugins/breakouts";
import { t } from "../../i18n/translate";
import { PersonButton } from "../../panel/person_button";
import { RemoveDialog } from "../../panel/remove_dialog";
import { Avatar } from "../../shared/avatar";
import type { CallProps } from "../feature";
import { breakoutsOf } from "./breakouts";
import { texts } from "./texts";

/** Below everybody who is here: who is in a group, and in which. */
export function AwayList({ call }: CallProps): JSX.Element | null {
  const { away, groups, own } = breakoutsOf(call).state;
  const [removing, setRemoving] = useState<AwayPerson | null>(null);
  if (own !== null || away.length === 0) return null;
  const nameOf = (groupId: string): string =>
    groups.find((group) => group.groupId === groupId)?.name ?? "";
  const people = [...away].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <section class="away-people" aria-labelledby="away-people" data-testid="away-people">
      <h3 id="away-people">{texts("in_groups", { count: people.length })}</h3>
      <ul>
        {people.map((person) => (
          <li key={person.participantId}>
            <Avatar name={person.name} identity={person.identity} />
            <span class="person-name">{person.name}</span>
            <span class="group-badge">{nameOf(person.groupId)}</span>
            {call.room.self?.isHost === true && person.role === "merchant" && (
              <PersonButton
                icon="removePerson"
                label={t("people.remove", { name: person.name })}
                testId="remove-away"
                onClick={() => setRemoving(person)}
              />
            )}
          </li>
        ))}
      </ul>
      {removing !== null && (
        <RemoveDialog
          call={call}
          person={{ id: removing.participantId, name: removing.name }}
          onClose={() => setRemoving(null)}
        />
      )}
    </section>
  );
}
