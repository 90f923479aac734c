import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { Call } from "../../state/call";
import { QuestionCard } from "./question_card";
import { deskOf } from "./question_desk";
import type { QuestionSearch } from "./question_search";
import { PLACES } from "./question_search";
import { texts } from "./texts";

const PLACE_TEXTS = {
  open: "list_open",
  assigned: "find_assigned",
  answered: "list_answered",
  dismissed: "find_dismissed",
} as const;

/** For hosts: all questions of the session, also those that no list shows. */
export function FindList({ call }: { call: Call }): JSX.Element {
  const desk = deskOf(call);
  const { search } = desk;
  useEffect(() => search.run(), [search]);
  const found = search.found.value ?? [];
  return (
    <div class="questions-body">
      <FindForm search={search} />
      <p class="hint questions-more" role="status">
        {statusOf(search)}
      </p>
      {search.hasFailed.value && (
        <button type="button" class="secondary-button small" onClick={() => search.run()}>
          {texts("retry")}
        </button>
      )}
      <ul class="questions-list">
        {found.map((question) => (
          <QuestionCard
            key={question.number}
            call={call}
            question={desk.state.known.get(question.number) ?? question}
          />
        ))}
      </ul>
      {found.length < search.total.value && found.length > 0 && (
        <button
          type="button"
          class="secondary-button small questions-next"
          data-testid="find-more"
          onClick={() => search.more()}
        >
          {texts("find_more")}
        </button>
      )}
    </div>
  );
}

function FindForm({ search }: { search: QuestionSearch }): JSX.Element {
  return (
    <form class="find-form" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        type="text"
        data-testid="find-input"
        maxLength={100}
        placeholder={texts("find_label")}
        aria-label={texts("find_label")}
        value={search.text.value}
        onInput={(event) => search.setText(event.currentTarget.value)}
      />
      <select
        data-testid="find-place"
        aria-label={texts("find_in")}
        value={search.place.value}
        onChange={(event) => {
          const place = PLACES.find((each) => each === event.currentTarget.value);
          if (place !== undefined) search.setPlace(place);
        }}
      >
        {PLACES.map((place) => (
          <option key={place} value={place}>
            {texts(PLACE_TEXTS[place])}
          </option>
        ))}
      </select>
    </form>
  );
}

function statusOf(search: QuestionSearch): string {
  if (search.hasFailed.value) return texts("find_failed");
  if (search.found.value === null) return "";
  if (search.total.value === 0) return texts("empty_find");
  return texts("find_count", { count: search.total.value });
}
