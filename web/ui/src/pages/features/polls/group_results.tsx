import type { JSX } from "preact";

import type { GroupPoll } from "../../../client/plugins/poll_groups";
import type { GroupProps } from "../feature";
import { Bars } from "./bars";
import { pollsOf } from "./polls";
import { texts } from "./texts";

/** What was asked in a group that is over, and how it was answered. */
export function GroupResults({ call, groupId }: GroupProps): JSX.Element | null {
  const group = pollsOf(call).groups.find((one) => one.groupId === groupId);
  if (group === undefined) return null;
  return (
    <div class="group-polls" data-testid="group-polls">
      {group.polls.map((poll, index) => (
        <GroupResult key={index} poll={poll} />
      ))}
    </div>
  );
}

function GroupResult({ poll }: { poll: GroupPoll }): JSX.Element {
  return (
    <section class="group-poll">
      <h4>{poll.text}</h4>
      <p class="hint">{texts("voters", { count: poll.voters })}</p>
      {poll.choices.length > 0 ? (
        <Bars poll={poll} right={poll.right} />
      ) : (
        <ul class="text-answers">
          {[...poll.texts].reverse().map((text, index) => (
            <li key={index} class="text-answer">
              {text}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
