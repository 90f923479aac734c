import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { HandsState } from "../../../client/plugins/hands";
import { positionOf } from "../../../client/plugins/hands";
import { t } from "../../i18n/translate";
import { Icon } from "../../shared/icons";
import { dismissToast, showToast, toasts } from "../../state/toasts";
import type { CallProps } from "../feature";
import { floorOf, runsFloor } from "./floor";
import { ReasonDialog } from "./reason_dialog";
import { texts } from "./texts";

/** One's own hand, or one's own time on the stage. */
export function FloorBanner({ call }: CallProps): JSX.Element | null {
  const { state } = floorOf(call);
  useNews(state, runsFloor(call));
  if (state.floor !== null) return <OnStage call={call} />;
  if (state.hand !== null) return <HandUp call={call} />;
  return null;
}

function OnStage({ call }: CallProps): JSX.Element {
  const floor = floorOf(call);
  const rights = floor.state.floor ?? [];
  const kinds = (["microphone", "camera"] as const).filter(
    (kind) => rights.includes(kind === "camera" ? "camera" : "voice") && !call.isOn(kind),
  );
  return (
    <div class="banner banner-calm floor-banner" data-testid="floor-banner">
      <Icon name="podium" size={22} />
      <span class="banner-text" role="status">
        <strong>{texts("floor_yours")}</strong>{" "}
        <span class="floor-hint">{texts("floor_hint")}</span>
      </span>
      <span class="floor-actions">
        {kinds.map((kind) => (
          <button
            key={kind}
            type="button"
            class={kind === "microphone" ? "primary-button small" : "secondary-button small"}
            onClick={() => void call.toggle(kind)}
          >
            {texts(kind === "microphone" ? "turn_microphone_on" : "turn_camera_on")}
          </button>
        ))}
        <button
          type="button"
          class="secondary-button small"
          data-testid="step-down"
          onClick={() => void call.attempt(floor.request({ type: "take_floor" }))}
        >
          {texts("step_down")}
        </button>
      </span>
    </div>
  );
}

function HandUp({ call }: CallProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const { state } = floorOf(call);
  const place = positionOf(state);
  const reason = state.hand?.reason ?? "";
  return (
    <div class="banner banner-calm hand-banner" data-testid="hand-banner">
      <Icon name="hand" size={20} />
      <span class="banner-text" role="status">
        {place === null ? texts("hand_up_behind") : texts("hand_up", { place })}
        {reason !== "" && <span class="hand-reason">{texts("quoted", { text: reason })}</span>}
      </span>
      <button type="button" class="secondary-button small" onClick={() => setAsking(true)}>
        {texts(reason === "" ? "say_why" : "change_why")}
      </button>
      {isAsking && <ReasonDialog call={call} reason={reason} onClose={() => setAsking(false)} />}
    </div>
  );
}

/** What a host did to one's own voice is said once; the rest is seen. */
function useNews(state: HandsState, isHost: boolean): void {
  const { mayUnmute, floor, floorEnded } = state;
  const before = useRef({ mayUnmute, floor });
  useEffect(() => {
    const was = before.current;
    before.current = { mayUnmute, floor };
    if (isHost) return;
    if (was.floor !== null && floor === null) showToast(texts(`floor_over.${floorEnded ?? "host"}`));
    if (was.mayUnmute && !mayUnmute) showToast(texts("silenced"), "warning");
    if (!was.mayUnmute && mayUnmute && floor === null) showToast(texts("may_unmute"));
  }, [mayUnmute, floor, isHost]);
  // It is said already, and with it that one may not unmute.
  const usual = toasts.value.find(({ text }) => text === t("toast.microphone_muted_by_host"));
  const wrongId = !mayUnmute && !isHost ? usual?.id : undefined;
  useEffect(() => {
    if (wrongId !== undefined) dismissToast(wrongId);
  }, [wrongId]);
}
