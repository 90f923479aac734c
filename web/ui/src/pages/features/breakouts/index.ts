import "./breakouts.css";

import type { Feature } from "../feature";
import { AwayList } from "./away_list";
import { BreakoutsBanner } from "./banner";
import { breakoutsOf, leadsGroups } from "./breakouts";
import { GroupBadge } from "./group_badge";
import { BreakoutsPanel } from "./panel";
import { texts } from "./texts";

export const feature: Feature = {
  plugin: "breakouts",
  panel: {
    id: "breakouts",
    icon: "groups",
    title: () => texts("title"),
    short: () => texts("short"),
    Component: BreakoutsPanel,
    badge: (call) => breakoutsOf(call).state.help.length,
    isOffered: (call) => {
      const { own, by, phase } = breakoutsOf(call).state;
      return leadsGroups(call) || (own === null && by === "choice" && phase !== "none");
    },
  },
  roomName: (call) => breakoutsOf(call).state.own?.name ?? null,
  Banner: BreakoutsBanner,
  PersonBadges: GroupBadge,
  AfterPeople: AwayList,
};
