import type { Feature } from "../feature";
import { courseDeskOf, coursewareOf, leads, shownDocument } from "./course_desk";
import "./courseware.css";
import { CoursewarePanel } from "./courseware_panel";
import { CoursewareStage } from "./courseware_stage";
import { texts } from "./texts";

export const feature: Feature = {
  plugin: "courseware",
  panel: {
    id: "courseware",
    icon: "slides",
    title: () => texts("title"),
    short: () => texts("short"),
    Component: CoursewarePanel,
    badge: (call) => courseDeskOf(call).uploads.list.value.length,
    isOffered: leads,
  },
  Stage: {
    isOpen: (call) => shownDocument(call) !== undefined,
    openedSeq: (call) => coursewareOf(call).state.presentedSeq,
    lead: (call) => {
      const { documentId, page } = coursewareOf(call).state;
      if (!leads(call)) return null;
      return () => coursewareOf(call).request({ type: "present", document: documentId, page });
    },
    title: () => texts("title"),
    Component: CoursewareStage,
  },
};
