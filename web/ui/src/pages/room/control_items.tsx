import type { JSX } from "preact";

import type { Feature, FeaturePanel } from "../features/feature";
import { t } from "../i18n/translate";
import { knowsAll, peoplePanel } from "../panel/people_panel";
import type { Call } from "../state/call";
import { ControlButton } from "./control_button";

/** Something of the control bar, before it is known whether the bar has room for it. */
export interface ControlItem {
  readonly key: string;
  readonly rank: number;
  readonly group: "act" | "panel";
  readonly badge: number;
  readonly element: JSX.Element;
}

const RANK = { source: 0, needed: 10, people: 30, other: 40, devices: 90 } as const;

/** Everything that the bar may hold, in the order in which it stands there. */
export function controlItems(call: Call, onDevices: () => void): ControlItem[] {
  const features = call.shell.features.value;
  const { room } = call;
  const sources = (["microphone", "camera"] as const)
    .filter((kind) => room.canPublish(kind))
    .map((kind) =>
      item(`source-${kind}`, RANK.source, <SourceControl call={call} kind={kind} />),
    );
  const devices = (
    <ControlButton
      testId="devices-button"
      icon="settings"
      label={t("control.settings")}
      short={t("control.settings")}
      hasPopup="dialog"
      onClick={onDevices}
    />
  );
  return [
    ...sources,
    ...features.flatMap((feature, index) => featureControl(call, feature, index)),
    item("devices", RANK.devices, devices),
    ...panelsOf(call).map((panel, index) => panelItem(call, panel, index)),
  ];
}

/** The panels of this room, as far as they are offered to this person. */
export function panelsOf(call: Call): FeaturePanel[] {
  const panels = call.shell.features.value.flatMap((feature) => feature.panel ?? []);
  return [...panels, peoplePanel].filter((panel) => panel.isOffered?.(call) !== false);
}

function item(key: string, rank: number, element: JSX.Element): ControlItem {
  return { key, rank, group: "act", badge: 0, element };
}

function featureControl(call: Call, feature: Feature, index: number): ControlItem[] {
  const { Control, plugin } = feature;
  if (Control === undefined) return [];
  const needed = call.shell.features.value.filter(isNeededControl);
  const rank = isNeededControl(feature)
    ? RANK.needed + needed.indexOf(feature)
    : RANK.other + index / 100;
  return [item(`control-${plugin}`, rank, <Control call={call} />)];
}

/** A phone has room for the first of these; then for a panel, such as the chat; then for more. */
function isNeededControl({ phone, Control }: Feature): boolean {
  return phone === "bar" && Control !== undefined;
}

function panelItem(call: Call, panel: FeaturePanel, index: number): ControlItem {
  const feature = call.shell.features.value.find((each) => each.panel === panel);
  const badge = panel.badge?.(call) ?? 0;
  const title = panel.title();
  let rank = RANK.other + index / 100;
  if (panel.id === peoplePanel.id) rank = RANK.people;
  else if (feature?.phone === "bar" && feature.Control === undefined) rank = RANK.needed + 0.5;
  const element = (
    <ControlButton
      testId={`${panel.id}-button`}
      icon={panel.icon}
      label={badge === 0 ? title : t("control.with_news", { title, count: badge > 99 ? "99+" : badge })}
      short={panel.short?.() ?? title}
      isExpanded={call.shell.panel.value === panel.id}
      badge={badge}
      {...(panel.id === peoplePanel.id && badge === 0 && knowsAll(call) && { count: call.room.roster.participants.length })}
      onClick={() => call.shell.togglePanel(panel.id)}
    />
  );
  return { key: `panel-${panel.id}`, rank, group: "panel", badge, element };
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
    <ControlButton
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
