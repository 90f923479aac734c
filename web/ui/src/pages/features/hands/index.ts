import { ConsolePanel } from "../console/console_panel";
import { texts as consoleTexts } from "../console/texts";
import type { Feature } from "../feature";
import { FloorBanner } from "./floor_banner";
import { floorOf, runsFloor } from "./floor";
import { HandControl } from "./hand_control";
import { HandMark, TileHand } from "./hand_mark";
import "./hands.css";

export const feature: Feature = {
  plugin: "hands",
  // For those who give the floor, in place of the simple list of people.
  panel: {
    id: "people",
    icon: "people",
    title: () => consoleTexts("title"),
    short: () => consoleTexts("short"),
    Component: ConsolePanel,
    badge: (call) => floorOf(call).state.queue.total,
    isOffered: runsFloor,
  },
  phone: "bar",
  Control: HandControl,
  Banner: FloorBanner,
  TileOverlay: TileHand,
  PersonBadges: HandMark,
};
