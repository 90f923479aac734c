import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { t } from "../i18n/translate";
import { ChatPanel } from "../panel/chat_panel";
import { PeoplePanel } from "../panel/people_panel";
import { DeviceFields } from "../shared/device_fields";
import { Dialog } from "../shared/dialog";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";
import { Controls } from "./controls";
import { ReconnectBanner } from "./reconnect_banner";
import { Stage } from "./stage";
import { TopBar } from "./top_bar";

export type PanelName = "chat" | "people";

export function RoomPage({ call }: { call: Call }): JSX.Element {
  const [panel, setPanel] = useState<PanelName | null>(null);
  const [isSpeakerLayout, setSpeakerLayout] = useState(false);
  const [dialog, setDialog] = useState<"leave" | "devices" | null>(null);
  const recipient = useSignal<string | null>(null);
  const unread = useUnread(call, panel === "chat");
  const toggle = (name: PanelName): void => setPanel(panel === name ? null : name);
  const close = (): void => {
    setPanel(null);
    document.querySelector<HTMLElement>(`[data-testid="${panel}-button"]`)?.focus();
  };
  const writeTo = (id: string): void => {
    recipient.value = id;
    setPanel("chat");
  };
  return (
    <div
      class={`room-page ${panel === null ? "" : "with-panel"}`}
      onKeyDown={(event) => event.key === "Escape" && panel !== null && dialog === null && close()}
    >
      <TopBar
        call={call}
        isSpeakerLayout={isSpeakerLayout}
        onLayout={() => setSpeakerLayout(!isSpeakerLayout)}
      />
      <main class="room-main">
        <ReconnectBanner call={call} />
        {call.screen.isOn && <SharingBanner call={call} />}
        <Stage call={call} isSpeakerLayout={isSpeakerLayout} />
      </main>
      {panel === "chat" && <ChatPanel call={call} recipient={recipient} onClose={close} />}
      {panel === "people" && <PeoplePanel call={call} onClose={close} onWriteTo={writeTo} />}
      <Controls
        call={call}
        panel={panel}
        unread={unread}
        onPanel={toggle}
        onDevices={() => setDialog("devices")}
        onLeave={() => setDialog("leave")}
      />
      {dialog === "leave" && <LeaveDialog call={call} onClose={() => setDialog(null)} />}
      {dialog === "devices" && (
        <Dialog title={t("join.devices")} onClose={() => setDialog(null)}>
          <DeviceFields call={call} />
          <form method="dialog" class="dialog-actions">
            <button class="primary-button">{t("app.close")}</button>
          </form>
        </Dialog>
      )}
    </div>
  );
}

function LeaveDialog({ call, onClose }: { call: Call; onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t("leave.title")} onClose={onClose}>
      <p>{t("leave.body")}</p>
      <form method="dialog" class="dialog-actions">
        <button class="secondary-button">{t("app.cancel")}</button>
        <button class="danger-button" data-testid="leave-confirm" onClick={() => call.leave()}>
          {t("leave.confirm")}
        </button>
      </form>
    </Dialog>
  );
}

function SharingBanner({ call }: { call: Call }): JSX.Element {
  return (
    <div class="banner banner-calm" role="status">
      <Icon name="screen" size={20} />
      <span class="banner-text">{t("stage.sharing")}</span>
      <button type="button" class="secondary-button small" onClick={() => void call.screen.stop()}>
        {t("control.share_stop")}
      </button>
    </div>
  );
}

/** Messages of others since the chat was last open. */
function useUnread(call: Call, isOpen: boolean): number {
  const { messages } = call.room.chat;
  const seen = useRef(messages.at(-1)?.seq ?? 0);
  const newest = messages.at(-1)?.seq ?? 0;
  useEffect(() => {
    if (isOpen) seen.current = newest;
  }, [isOpen, newest]);
  if (isOpen) return 0;
  return messages.filter(
    (message) => message.seq > seen.current && message.author !== call.room.participantId,
  ).length;
}
