import "./lobby.css";

import type { Feature } from "../feature";
import { BanPerson } from "./ban_person";
import { DoorPage } from "./door_page";
import { KnockBanner } from "./knock_banner";
import { isHost, lobbyOf } from "./lobby";
import { LobbyPanel } from "./lobby_panel";
import { texts } from "./texts";

export const feature: Feature = {
  plugin: "lobby",
  panel: {
    id: "lobby",
    icon: "door",
    title: () => texts("title"),
    short: () => texts("short"),
    Component: LobbyPanel,
    badge: (call) => (isHost(call) ? lobbyOf(call).state.waitingTotal : 0),
    isOffered: isHost,
  },
  Banner: KnockBanner,
  PersonActions: BanPerson,
  DoorPage,
};
