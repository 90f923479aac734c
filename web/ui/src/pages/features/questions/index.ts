import "./questions.css";

import type { Feature } from "../feature";
import { AnsweringBanner } from "./answering_banner";
import { deskOf } from "./question_desk";
import { QuestionPanel } from "./question_panel";
import { texts } from "./texts";

export const feature: Feature = {
  plugin: "questions",
  panel: {
    id: "questions",
    icon: "question",
    title: () => texts("title"),
    Component: QuestionPanel,
    badge: (call) => {
      const { runsRoom, openTotal, state } = deskOf(call);
      return runsRoom ? openTotal + state.waitingTotal : 0;
    },
  },
  Banner: AnsweringBanner,
};
