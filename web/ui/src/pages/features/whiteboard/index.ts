import "../../drawing/drawing.css";
import "./whiteboard.css";

import type { Feature } from "../feature";
import { BoardControl, DrawingRight } from "./board_control";
import { boardOf, isAway, leadsBoard } from "./board_desk";
import { BoardStage } from "./board_stage";
import { GroupBoard } from "./group_board";
import { texts } from "./texts";

export const feature: Feature = {
  plugin: "whiteboard",
  Control: BoardControl,
  Stage: {
    isOpen: (call) => boardOf(call).state.isOpen && !isAway.value,
    openedSeq: (call) => boardOf(call).state.openedSeq,
    lead: (call) =>
      leadsBoard(call) ? () => boardOf(call).request({ type: "open_board", is_open: true }) : null,
    title: () => texts("board"),
    Component: BoardStage,
  },
  PersonActions: DrawingRight,
  GroupResult: GroupBoard,
};
