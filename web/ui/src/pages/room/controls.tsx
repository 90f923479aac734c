import type { JSX } from "preact";

import { t } from "../i18n/translate";
import type { IconName } from "../shared/icons";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";
import type { PanelName } from "./room_page";

interface ControlsProps {
  call: Call;
  panel: PanelName | null;
  unread: number;
  onPanel: (name: PanelName) => void;
  onDevices: () => void;
  onLeave: () => void;
}

export function Controls({
  call,
  panel,
  unread,
  onPanel,
  onDevices,
  onLeave,
}: ControlsProps): JSX.Element {
  const { room } = call;
  const isSharing = call.screen.isOn;
  const canShare =
    room.canPublish("screen_share") &&
    navigator.mediaDevices !== undefined &&
    "getDisplayMedia" in navigator.mediaDevices;
  return (
    <nav class="controls" aria-label={t("control.bar")}>
      <div class="controls-group">
        {room.canPublish("microphone") && <SourceControl call={call} kind="microphone" />}
        {room.canPublish("camera") && <SourceControl call={call} kind="camera" />}
        {canShare && (
          <Control
            testId="screen-button"
            icon={isSharing ? "screenStop" : "screen"}
            label={t(isSharing ? "control.share_stop" : "control.share")}
            short={t("control.share_short")}
            isOn={isSharing}
            onClick={() => void call.screen.toggle()}
          />
        )}
        <Control
          testId="devices-button"
          icon="settings"
          label={t("control.settings")}
          short={t("control.settings")}
          onClick={onDevices}
        />
      </div>
      <div class="controls-group">
        <Control
          testId="chat-button"
          icon="chat"
          label={unread === 0 ? t("control.chat") : t("control.chat_unread", { count: unread })}
          short={t("control.chat")}
          isExpanded={panel === "chat"}
          badge={unread}
          onClick={() => onPanel("chat")}
        />
        <Control
          testId="people-button"
          icon="people"
          label={t("control.people")}
          short={t("control.people_short")}
          isExpanded={panel === "people"}
          count={room.roster.participants.length}
          onClick={() => onPanel("people")}
        />
      </div>
      <Control
        testId="leave-button"
        icon="leave"
        label={t("control.leave")}
        short={t("control.leave")}
        tone="leave"
        onClick={onLeave}
      />
    </nav>
  );
}

function SourceControl({ call, kind }: { call: Call; kind: "microphone" | "camera" }): JSX.Element {
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
    <Control
      testId={kind === "microphone" ? "mic-button" : "camera-button"}
      icon={isOn ? kind : `${kind}Off`}
      label={t(label)}
      short={t(kind === "microphone" ? "control.microphone_short" : "control.camera_short")}
      isOn={isOn}
      tone={isOn ? "on" : "off"}
      onClick={() => void call.toggle(kind)}
    />
  );
}

interface ControlProps {
  testId: string;
  icon: IconName;
  label: string;
  short: string;
  /** Said by the label too, which names what a press does. */
  isOn?: boolean;
  isExpanded?: boolean;
  tone?: "plain" | "on" | "off" | "leave";
  badge?: number;
  count?: number;
  onClick: () => void;
}

function Control({
  testId,
  icon,
  label,
  short,
  isOn,
  isExpanded,
  tone = "plain",
  badge = 0,
  count,
  onClick,
}: ControlProps): JSX.Element {
  return (
    <button
      type="button"
      class={`control control-${tone}`}
      data-testid={testId}
      aria-label={label}
      title={label}
      data-on={isOn}
      aria-expanded={isExpanded}
      onClick={onClick}
    >
      <span class="control-icon">
        <Icon name={icon} />
        {badge > 0 && (
          <span class="badge" aria-hidden="true">
            {badge > 99 ? "99+" : badge}
          </span>
        )}
        {count !== undefined && (
          <span class="count" aria-hidden="true">
            {count}
          </span>
        )}
      </span>
      <span class="control-label" aria-hidden="true">
        {short}
      </span>
    </button>
  );
}
