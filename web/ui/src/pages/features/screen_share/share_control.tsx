import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { screenShareFold } from "../../../client/plugins/screen_share";
import { t } from "../../i18n/translate";
import { ControlButton } from "../../room/control_button";
import type { Call } from "../../state/call";
import { showToast } from "../../state/toasts";
import type { CallProps } from "../feature";
import { texts } from "./texts";

export function ShareControl({ call }: CallProps): JSX.Element | null {
  useAnswers(call);
  if (!call.room.canPublish("screen_share") || !call.screen.isPossible) return null;
  const isSharing = call.screen.isOn;
  return (
    <ControlButton
      testId="screen-button"
      icon={isSharing ? "screenStop" : "screen"}
      label={t(isSharing ? "control.share_stop" : "control.share")}
      short={t("control.share_short")}
      isOn={isSharing}
      onClick={() => void call.screen.toggle()}
    />
  );
}

const ANSWERS = ["declined", "unsupported", "expired"] as const;

/** A host who has asked somebody is told how it ended, unless the screen itself says it. */
function useAnswers(call: Call): void {
  const { lastAnswer } = call.room.plugin(screenShareFold).state;
  const told = useRef(lastAnswer?.seq ?? 0);
  const role = call.room.self?.role;
  const isHost = role === "host" || role === "assistant";
  useEffect(() => {
    if (lastAnswer === null || lastAnswer.seq <= told.current) return;
    told.current = lastAnswer.seq;
    const answer = ANSWERS.find((known) => known === lastAnswer.cause);
    if (isHost && answer !== undefined)
      showToast(texts(`answer_${answer}`, { name: lastAnswer.name }));
  }, [lastAnswer, isHost]);
}
