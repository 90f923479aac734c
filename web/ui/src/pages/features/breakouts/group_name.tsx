import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Group } from "../../../client/plugins/breakouts";
import { Icon } from "../../shared/icons";
import type { CallProps } from "../feature";
import { askBreakouts } from "./breakouts";
import { texts } from "./texts";

const MOST_CHARACTERS = 60;

/** The name of a group; a press on the pencil makes it a field. Enter keeps, Escape drops. */
export function GroupName({ call, group }: CallProps & { group: Group }): JSX.Element {
  const [draft, setDraft] = useState<string | null>(null);
  const pencil = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const wasOpen = useRef(false);
  const isOpen = draft !== null;
  useEffect(() => {
    if (isOpen) field.current?.select();
    else if (wasOpen.current) pencil.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const label = texts("rename_of", { number: group.number });
  if (draft === null) {
    return (
      <span class="group-name">
        <h3>{group.name}</h3>
        <button
          ref={pencil}
          type="button"
          class="icon-button"
          data-testid={`rename-${group.number}`}
          aria-label={`${texts("rename")}: ${group.name}`}
          title={texts("rename")}
          onClick={() => setDraft(group.name)}
        >
          <Icon name="pencil" size={18} />
        </button>
      </span>
    );
  }
  const keep = (event: Event): void => {
    event.preventDefault();
    setDraft(null);
    const name = draft.trim();
    if (name === "" || name === group.name) return;
    void askBreakouts(call, { type: "rename", number: group.number, name });
  };
  return (
    <form class="group-name" onSubmit={keep}>
      <input
        ref={field}
        type="text"
        aria-label={label}
        data-testid={`rename-field-${group.number}`}
        maxLength={MOST_CHARACTERS}
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation(); // It closes the field, and not the panel.
          setDraft(null);
        }}
      />
    </form>
  );
}
