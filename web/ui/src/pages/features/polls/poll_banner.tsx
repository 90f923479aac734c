import type { JSX } from "preact";

import { openPoll } from "../../../client/plugins/polls";
import { Icon } from "../../shared/icons";
import type { CallProps } from "../feature";
import { mayVote, pollsOf, runsPolls } from "./polls";
import { texts } from "./texts";

/** Asks for an answer until there is one, unless the panel does so already. */
export function PollBanner({ call }: CallProps): JSX.Element | null {
  const poll = openPoll(pollsOf(call));
  const isShown = call.shell.panel.value === "polls";
  if (poll === undefined || poll.hasVoted || isShown || runsPolls(call) || !mayVote(call))
    return null;
  return (
    <div class="banner banner-calm poll-banner" data-testid="poll-banner">
      <Icon name="poll" size={20} />
      <span class="banner-text" role="status">
        <strong>{texts(poll.isQuiz ? "banner_quiz" : "banner")}</strong>
        <span class="poll-banner-text">{poll.text}</span>
      </span>
      <button
        type="button"
        class="primary-button poll-banner-button"
        data-testid="poll-answer"
        onClick={() => call.shell.openPanel("polls")}
      >
        {texts("answer")}
      </button>
    </div>
  );
}
