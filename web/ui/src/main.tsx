import { render } from "preact";

import type { Room } from "./client";
import { readToken } from "./client";
import { App } from "./pages/app";
import { NoLinkPage } from "./pages/nolink_page";
import { Call } from "./pages/state/call";
import { Capture } from "./pages/state/capture";
import "./pages/styles/tokens.css";
import "./pages/styles/base.css";
import "./pages/styles/controls.css";
import "./pages/styles/control_bar.css";
import "./pages/styles/join.css";
import "./pages/styles/room.css";
import "./pages/styles/tile.css";
import "./pages/styles/panel.css";

declare global {
  interface Window {
    /** For tests and for looking into a running page; nothing of the page depends on it. */
    emporion?: {
      readonly call: Call;
      readonly room: Room;
      readonly pc: RTCPeerConnection | undefined;
    };
  }
}

function start(container: HTMLElement): void {
  // The token stands behind the #, which browsers do not send: it is in no server's log.
  const token = decodeURIComponent(location.hash.slice(1));
  const claims = readToken(token);
  // A link that is opened in the same tab only changes the fragment.
  window.addEventListener("hashchange", () => location.reload());
  if (claims === null) return render(<NoLinkPage />, container);
  const call = new Call(token, claims, new Capture());
  window.emporion = {
    call,
    get room() {
      return call.room;
    },
    get pc() {
      return call.room.media.peer?.connection;
    },
  };
  render(<App call={call} />, container);
}

const container = document.getElementById("app");
if (container !== null) start(container);
