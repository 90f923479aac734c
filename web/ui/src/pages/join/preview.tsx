import type { JSX } from "preact";

import { t } from "../i18n/translate";
import { Avatar } from "../shared/avatar";
import { Icon } from "../shared/icons";
import { LocalVideo } from "../shared/video";
import type { Call } from "../state/call";
import { LevelBars } from "./level_bars";

/** How one will be seen and heard. */
export function Preview({ call, isAsking }: { call: Call; isAsking: boolean }): JSX.Element {
  const camera = call.wants.camera.value ? call.capture.tracks.camera.value : null;
  const microphone = call.wants.microphone.value ? call.capture.tracks.microphone.value : null;
  const name = call.name.value.trim();
  return (
    <section class="preview" aria-label={t("join.preview")}>
      <div class="preview-picture">
        {camera === null ? (
          <div class="preview-empty">
            <Avatar name={name === "" ? "?" : name} identity={call.claims.identity} />
            <p>{isAsking ? t("join.waiting") : t("join.camera_off")}</p>
          </div>
        ) : (
          <div class="mirrored">
            <LocalVideo track={camera} label={t("join.preview")} />
          </div>
        )}
        <div class="preview-controls">
          <DeviceButton call={call} kind="microphone" />
          <DeviceButton call={call} kind="camera" />
        </div>
      </div>
      <div class="preview-level">
        <Icon name={microphone === null ? "microphoneOff" : "microphone"} size={20} />
        <LevelBars track={microphone} />
        {microphone !== null && <span class="hint">{t("join.level_hint")}</span>}
      </div>
    </section>
  );
}

function DeviceButton({ call, kind }: { call: Call; kind: "microphone" | "camera" }): JSX.Element {
  const isOn = call.isOn(kind);
  const label =
    kind === "microphone"
      ? isOn
        ? "control.mute"
        : "control.unmute"
      : isOn
        ? "control.camera_off"
        : "control.camera_on";
  return (
    <button
      type="button"
      class={`round-button ${isOn ? "" : "off"}`}
      data-testid={kind === "microphone" ? "mic-button" : "camera-button"}
      data-on={isOn}
      aria-label={t(label)}
      title={t(label)}
      onClick={() => void call.toggle(kind)}
    >
      <Icon name={isOn ? kind : `${kind}Off`} />
    </button>
  );
}
