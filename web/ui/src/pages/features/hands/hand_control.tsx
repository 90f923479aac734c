import type { JSX } from "preact";

import { ControlButton } from "../../room/control_button";
import type { CallProps } from "../feature";
import { floorOf, mayRaiseHand } from "./floor";
import { texts } from "./texts";

export function HandControl({ call }: CallProps): JSX.Element | null {
  const floor = floorOf(call);
  if (!mayRaiseHand(call) || floor.state.floor !== null) return null;
  const isUp = floor.state.hand !== null;
  return (
    <ControlButton
      testId="hand-button"
      icon="hand"
      label={texts(isUp ? "lower" : "raise")}
      short={texts(isUp ? "lower_short" : "raise_short")}
      isOn={isUp}
      onClick={() =>
        void call.attempt(floor.request({ type: isUp ? "lower_hand" : "raise_hand" }))
      }
    />
  );
}
