import type { JSX } from "preact";

import type { Poll } from "../../../client/plugins/polls";
import { Panel } from "../../panel/panel";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import type { PanelProps } from "../feature";
import { PollCard } from "./poll_card";
import { PollForm } from "./poll_form";
import { isMaking, pollsOf, runsPolls } from "./polls";
import { texts } from "./texts";

export function PollPanel({ call, onClose }: PanelProps): JSX.Element {
  const { polls, score } = pollsOf(call);
  const isHost = runsPolls(call);
  const isForm = isHost && isMaking.value;
  const hasQuiz = polls.some((poll) => poll.isQuiz && poll.isShared);
  return (
    <Panel
      title={texts(isForm ? "form_title" : "title")}
      note={hasQuiz && !isHost ? texts("score", { score }) : undefined}
      testId="polls-panel"
      onClose={onClose}
    >
      {isForm ? <PollForm call={call} /> : <PollList call={call} polls={polls} isHost={isHost} />}
    </Panel>
  );
}

function PollList({
  call,
  polls,
  isHost,
}: {
  call: Call;
  polls: readonly Poll[];
  isHost: boolean;
}): JSX.Element {
  const of = (status: Poll["status"]): Poll[] =>
    polls.filter((poll) => poll.status === status).reverse();
  return (
    <div class="polls-body">
      {isHost && (
        <button
          type="button"
          class="secondary-button new-poll"
          data-testid="new-poll"
          onClick={() => (isMaking.value = true)}
        >
          <Icon name="poll" size={20} />
          {texts("new_poll")}
        </button>
      )}
      {polls.length === 0 && (
        <p class="polls-empty hint">{texts(isHost ? "none_host" : "none")}</p>
      )}
      <Section call={call} title={texts("now")} polls={of("open")} />
      <Section call={call} title={texts("drafts")} polls={of("draft")} />
      <Section call={call} title={texts("closed")} polls={of("closed")} />
    </div>
  );
}

function Section({
  call,
  title,
  polls,
}: {
  call: Call;
  title: string;
  polls: readonly Poll[];
}): JSX.Element | null {
  if (polls.length === 0) return null;
  return (
    <section class="polls-section" aria-label={title}>
      <h3>{title}</h3>
      {polls.map((poll) => (
        <PollCard key={poll.number} call={call} poll={poll} />
      ))}
    </section>
  );
}
