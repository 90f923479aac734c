import type { JSX } from "preact";

import type { TextKey } from "../i18n/translate";
import { t } from "../i18n/translate";
import type { Call } from "../state/call";

/** The three pickers; a kind of which there is no named device is left out. */
export function DeviceFields({ call }: { call: Call }): JSX.Element {
  const { microphones, cameras, speakers } = call.capture.devices.value;
  const { tracks } = call.capture;
  const chosen = call.capture.chosen.value;
  const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;
  // Until it may use one, a browser keeps the names of all to itself.
  const areNamed = [...microphones, ...cameras, ...speakers].some(({ label }) => label !== "");
  if (!areNamed && !call.claims.canPublish) return <p class="hint">{t("join.no_devices")}</p>;
  return (
    <div class="device-fields">
      <DeviceField
        label="join.microphone"
        devices={microphones}
        chosen={deviceIn(tracks.microphone.value) ?? chosen.microphone}
        onChoose={(id) => void call.chooseDevice("microphone", id)}
      />
      <DeviceField
        label="join.camera"
        devices={cameras}
        chosen={deviceIn(tracks.camera.value) ?? chosen.camera}
        onChoose={(id) => void call.chooseDevice("camera", id)}
      />
      {canChooseSpeaker && (
        <DeviceField
          label="join.speaker"
          devices={speakers}
          chosen={chosen.speaker}
          onChoose={(id) => call.chooseSpeaker(id)}
        />
      )}
    </div>
  );
}

/** The device that is really in use, whatever was wished for. */
function deviceIn(track: MediaStreamTrack | null): string | null {
  return track?.getSettings().deviceId ?? null;
}

interface DeviceFieldProps {
  label: TextKey;
  devices: readonly MediaDeviceInfo[];
  chosen: string;
  onChoose: (deviceId: string) => void;
}

function DeviceField({ label, devices, chosen, onChoose }: DeviceFieldProps): JSX.Element | null {
  const named = devices.filter((device) => device.label !== "");
  if (named.length === 0) return null;
  const isKnown = named.some((device) => device.deviceId === chosen);
  return (
    <label class="field">
      <span class="field-label">{t(label)}</span>
      <select
        value={isKnown ? chosen : ""}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {!isKnown && <option value="">{t("join.default_device")}</option>}
        {named.map((device) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label}
          </option>
        ))}
      </select>
    </label>
  );
}
