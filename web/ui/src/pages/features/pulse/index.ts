import type { Feature } from "../feature";
import { MoodMark } from "./mood_mark";
import { countsNow, seesPulse } from "./pulse";
import "./pulse.css";
import { PulseControl } from "./pulse_control";
import { PulseLayer } from "./pulse_layer";
import { PulsePanel } from "./pulse_panel";
import { texts } from "./texts";

export const feature: Feature = {
  plugin: "pulse",
  panel: {
    id: "pulse",
    icon: "pulse",
    title: () => texts("title"),
    Component: PulsePanel,
    // Who is lost is what a teacher should not miss.
    badge: (call) => countsNow(call)[0],
    isOffered: seesPulse,
  },
  phone: "bar",
  Control: PulseControl,
  Banner: PulseLayer,
  PersonBadges: MoodMark,
};
