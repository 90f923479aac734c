import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Participant } from "../../../client";
import { Panel } from "../../panel/panel";
import { RemovedList } from "../../panel/removed_list";
import { Icon } from "../../shared/icons";
import type { PanelProps } from "../feature";
import "./console.css";
import { HandQueue } from "./hand_queue";
import { MutingBar } from "./muting_bar";
import { found } from "./people";
import { PersonDialog } from "./person_dialog";
import { PersonRow } from "./person_row";
import { StageList } from "./stage_list";
import { texts } from "./texts";
import { usePeople } from "./use_people";
import { VirtualList } from "./virtual_list";

/** From so many on there is a field to search in. */
const MANY = 9;
const ROW_PX = 60;

/** Everybody in the room as who runs it needs them: hands first, one click from the floor. */
export function ConsolePanel({ call, onClose }: PanelProps): JSX.Element {
  const [query, setQuery] = useState("");
  const [opened, setOpened] = useState<string | null>(null);
  const people = usePeople(call);
  const shown = found(people, query);
  const person = opened === null ? undefined : call.room.roster.participant(opened);
  const open = (who: Participant): void => setOpened(who.id);
  return (
    <Panel
      title={texts("title")}
      note={texts("count", { count: people.length })}
      testId="people-panel"
      onClose={onClose}
    >
      <div class="console">
        <HandQueue call={call} />
        <StageList call={call} />
        <MutingBar call={call} />
        {people.length >= MANY && <SearchField query={query} onQuery={setQuery} />}
        {shown.length === 0 && <p class="hint console-none">{texts("none_found")}</p>}
        <VirtualList
          items={shown}
          rowPx={ROW_PX}
          label={texts("everybody")}
          keyOf={(each) => each.id}
          draw={(each) => <PersonRow call={call} person={each} onOpen={open} />}
        />
        <RemovedList call={call} />
        {call.shell.features.value.map(
          ({ plugin, AfterPeople }) => AfterPeople && <AfterPeople key={plugin} call={call} />,
        )}
      </div>
      {person !== undefined && (
        <PersonDialog call={call} person={person} onClose={() => setOpened(null)} />
      )}
    </Panel>
  );
}

function SearchField({
  query,
  onQuery,
}: {
  query: string;
  onQuery: (query: string) => void;
}): JSX.Element {
  return (
    <label class="console-search">
      <Icon name="find" size={20} />
      <input
        type="text"
        inputMode="search"
        data-testid="people-search"
        aria-label={texts("search")}
        placeholder={texts("search")}
        value={query}
        onInput={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || query === "") return;
          event.preventDefault(); // It clears the field, and closes nothing.
          onQuery("");
        }}
      />
    </label>
  );
}
