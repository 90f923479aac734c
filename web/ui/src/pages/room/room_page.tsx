import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { t } from "../i18n/translate";
import { DeviceFields } from "../shared/device_fields";
import { Dialog } from "../shared/dialog";
import type { Call } from "../state/call";
import { panelsOf } from "./control_items";
import { Controls } from "./controls";
import { LeaveDialog } from "./leave_dialog";
import { ReconnectBanner } from "./reconnect_banner";
import { Stage } from "./stage";
import { TopBar } from "./top_bar";

export function RoomPage({ call }: { call: Call }): JSX.Element {
  const [isSpeakerLayout, setSpeakerLayout] = useState(false);
  const [dialog, setDialog] = useState<"leave" | "devices" | null>(null);
  const panel = panelsOf(call).find((each) => each.id === call.shell.panel.value);
  useEscape(call);
  return (
    <div class={`room-page ${panel === undefined ? "" : "with-panel"}`}>
      <TopBar
        call={call}
        isSpeakerLayout={isSpeakerLayout}
        onLayout={() => setSpeakerLayout(!isSpeakerLayout)}
      />
      <Banners call={call} />
      <main class="room-main">
        <Stage call={call} isSpeakerLayout={isSpeakerLayout} />
      </main>
      {panel !== undefined && (
        <panel.Component key={panel.id} call={call} onClose={() => call.shell.closePanel()} />
      )}
      <Controls
        call={call}
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

/** Above the stage, one below the other; the connection's comes first. */
function Banners({ call }: { call: Call }): JSX.Element {
  return (
    <div class="banners">
      <ReconnectBanner call={call} />
      {call.shell.features.value.map(
        ({ plugin, Banner }) => Banner && <Banner key={plugin} call={call} />,
      )}
    </div>
  );
}


/** Escape closes the panel, wherever the focus is, unless something nearer has taken the key. */
function useEscape(call: Call): void {
  useEffect(() => {
    const handleKey = (event: KeyboardEvent): void => {
      const isTaken = event.defaultPrevented || document.querySelector("dialog[open]") !== null;
      if (event.key === "Escape" && !isTaken && call.shell.panel.value !== null)
        call.shell.closePanel();
    };
    document.addEventListener("keydown", handleKey);
    return () => document.removeEventListener("keydown", handleKey);
  }, [call]);
}
