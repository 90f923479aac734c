import type { JSX } from "preact";

import type { Summary } from "../../../client/plugins/breakouts";
import { texts } from "./texts";

/** What was written in groups that are over. */
export function Summaries({ summaries }: { summaries: readonly Summary[] }): JSX.Element {
  return (
    <section class="groups-section" aria-labelledby="groups-brought">
      <h3 id="groups-brought">{texts("brought")}</h3>
      {summaries.map((summary) => (
        <details key={summary.groupId} class="groups-summary" data-testid="group-summary">
          <summary>
            <span>{summary.name}</span>
            <span class="hint">{texts("brought_messages", { count: summary.messagesTotal })}</span>
          </summary>
          {summary.people.length > 0 && (
            <p class="hint">{texts("brought_people", { names: summary.people.join(", ") })}</p>
          )}
          {summary.messages.length === 0 && <p class="hint">{texts("brought_nothing")}</p>}
          <ul>
            {summary.messages.map(({ authorName, text }, index) => (
              <li key={index}>
                <strong>{authorName}</strong> {text}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}
