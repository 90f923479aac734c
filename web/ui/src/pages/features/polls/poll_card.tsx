import type { JSX } from "preact";

import type { Poll } from "../../../client/plugins/polls";
import { isRight } from "../../../client/plugins/polls";
import { useTick } from "../../shared/use_tick";
import type { Call } from "../../state/call";
import { BallotForm } from "./ballot_form";
import { HostBar } from "./host_bar";
import { mayVote, runsPolls, timeLeft } from "./polls";
import { ResultList } from "./result_list";
import { texts } from "./texts";

export function PollCard({ call, poll }: { call: Call; poll: Poll }): JSX.Element {
  const isHost = runsPolls(call);
  const showsForm = poll.status === "open" && mayVote(call) && !isHost;
  return (
    <article
      class={`poll poll-${poll.status}`}
      data-testid="poll"
      data-number={poll.number}
      data-status={poll.status}
    >
      <p class="poll-text">{poll.text}</p>
      <p class="hint poll-facts">
        {poll.isQuiz && <span>{texts("quiz", { points: poll.points })}</span>}
        <span>{texts(poll.isNamed ? "named" : "anonymous")}</span>
        {poll.round > 1 && <span>{texts("round", { round: poll.round })}</span>}
        {poll.status !== "draft" && (
          <span data-testid="poll-voters">{texts("voters", { count: poll.voters })}</span>
        )}
        {poll.status === "open" && poll.closesAtUs > 0 && <TimeLeft call={call} poll={poll} />}
      </p>
      {showsForm && <BallotForm key={poll.number} call={call} poll={poll} />}
      {!showsForm && <OwnAnswer poll={poll} />}
      <Outcome poll={poll} isHost={isHost} call={call} />
      {isHost && <HostBar call={call} poll={poll} />}
    </article>
  );
}

function TimeLeft({ call, poll }: { call: Call; poll: Poll }): JSX.Element {
  useTick(500);
  const time = timeLeft(call, poll.closesAtUs) ?? "";
  return (
    <span class="poll-left" role="timer">
      {texts("left", { time })}
    </span>
  );
}

/** Of a closed poll; choices are marked among the results, where there are any. */
function OwnAnswer({ poll }: { poll: Poll }): JSX.Element | null {
  if (!poll.hasVoted) return null;
  const answer = [...poll.ownChoices.map((choice) => poll.choices[choice] ?? ""), poll.ownText]
    .filter((text) => text !== "")
    .join(", ");
  if (poll.kind !== "text" && poll.results !== null) return null;
  return <p class="poll-own">{texts("your_answer", { answer })}</p>;
}

function Outcome({
  call,
  poll,
  isHost,
}: {
  call: Call;
  poll: Poll;
  isHost: boolean;
}): JSX.Element | null {
  if (poll.status === "draft") return <Choices poll={poll} />;
  if (poll.results === null) {
    const isLater = poll.status === "open" && poll.shows === "closed";
    if (poll.status === "open" && poll.shows === "live") return null;
    return <p class="hint">{texts(isLater ? "results_later" : "results_hosts")}</p>;
  }
  // Who is still choosing is not shown what others chose.
  if (poll.status === "open" && !poll.hasVoted && !isHost && mayVote(call)) return null;
  return (
    <>
      <Verdict poll={poll} />
      <ResultList call={call} poll={poll} results={poll.results} />
    </>
  );
}

function Verdict({ poll }: { poll: Poll }): JSX.Element | null {
  const verdict = poll.status === "closed" ? isRight(poll) : null;
  if (verdict === null) return null;
  return (
    <p class={verdict ? "poll-verdict right" : "poll-verdict"} role="status" data-testid="verdict">
      {verdict ? texts("you_right", { points: poll.points }) : texts("you_wrong")}
    </p>
  );
}

function Choices({ poll }: { poll: Poll }): JSX.Element | null {
  if (poll.choices.length === 0) return null;
  return (
    <ul class="poll-choices">
      {poll.choices.map((choice, index) => (
        <li key={choice}>
          {choice}
          {poll.right.includes(index) && <span class="poll-right">{texts("right_choice")}</span>}
        </li>
      ))}
    </ul>
  );
}
