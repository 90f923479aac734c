import "./polls.css";

import { openPoll } from "../../../client/plugins/polls";
import type { Feature } from "../feature";
import { GroupResults } from "./group_results";
import { PollBanner } from "./poll_banner";
import { PollPanel } from "./poll_panel";
import { mayVote, pollsOf, runsPolls } from "./polls";
import { texts } from "./texts";

export const feature: Feature = {
  plugin: "polls",
  panel: {
    id: "polls",
    icon: "poll",
    title: () => texts("title"),
    Component: PollPanel,
    badge: (call) => {
      const poll = openPoll(pollsOf(call));
      return poll?.hasVoted === false && mayVote(call) && !runsPolls(call) ? 1 : 0;
    },
  },
  Banner: PollBanner,
  GroupResult: GroupResults,
};
