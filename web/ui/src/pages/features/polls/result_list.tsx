import type { JSX } from "preact";

import type { Poll, PollResults } from "../../../client/plugins/polls";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { Bars } from "./bars";
import { askPolls, runsPolls } from "./polls";
import { texts } from "./texts";

interface ResultProps {
  call: Call;
  poll: Poll;
  results: PollResults;
}

export function ResultList({ call, poll, results }: ResultProps): JSX.Element {
  return (
    <div class="results" data-testid="results">
      {poll.kind === "text" ? (
        <TextList call={call} poll={poll} results={results} />
      ) : (
        <Bars
          poll={{ ...results, choices: poll.choices }}
          right={runsPolls(call) ? poll.right : results.right}
          own={poll.ownChoices}
        />
      )}
      {results.leaders.length > 0 && <Leaders results={results} />}
    </div>
  );
}

/** The latest, newest first. */
function TextList({ call, poll, results }: ResultProps): JSX.Element {
  const isHost = runsPolls(call);
  return (
    <ul class="text-answers">
      {[...results.texts].reverse().map(({ ballot, text, name }) => (
        <li key={ballot} class="text-answer">
          <span>
            {name !== "" && <strong>{name}: </strong>}
            {text}
          </span>
          {isHost && (
            <button
              type="button"
              class="icon-button"
              data-testid="hide-text"
              aria-label={texts("hide")}
              title={texts("hide")}
              onClick={() =>
                void askPolls(call, { type: "hide_text", number: poll.number, ballot })
              }
            >
              <Icon name="close" size={18} />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Leaders({ results }: { results: PollResults }): JSX.Element {
  return (
    <section class="leaders" aria-label={texts("leaders")}>
      <h4>{texts("leaders")}</h4>
      <ol>
        {results.leaders.map(({ name, points }, index) => (
          <li key={`${index}-${name}`}>
            <span>{name}</span>
            <span>{texts("points", { points })}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
