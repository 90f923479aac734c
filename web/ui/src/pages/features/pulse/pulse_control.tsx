import type { JSX } from "preact";

import { ControlButton } from "../../room/control_button";
import type { CallProps } from "../feature";
import { isPadOpen, MOOD_ICONS, moodNow, seesPulse } from "./pulse";
import { texts } from "./texts";

/** Opens the pad; shows what one said last, while it counts. */
export function PulseControl({ call }: CallProps): JSX.Element | null {
  if (call.room.self?.role === "observer") return null; // Who is not seen says nothing.
  const mood = moodNow(call);
  const key = seesPulse(call) ? "react" : "say";
  return (
    <ControlButton
      testId="react-button"
      icon={mood === null ? "smile" : MOOD_ICONS[mood]}
      label={mood === null ? texts(key) : texts("said", { mood: texts(mood) })}
      short={texts(seesPulse(call) ? "react_short" : "say_short")}
      isOn={mood !== null}
      isExpanded={isPadOpen.value}
      hasPopup="dialog"
      onClick={() => {
        isPadOpen.value = !isPadOpen.value;
      }}
    />
  );
}
