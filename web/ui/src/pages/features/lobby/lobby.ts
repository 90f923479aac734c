import type { PluginState } from "../../../client";
import type { LobbyState } from "../../../client/plugins/lobby";
import { lobbyFold } from "../../../client/plugins/lobby";
import type { Call } from "../../state/call";

/** The lobby of the room that one is in. */
export function lobbyOf(call: Call): PluginState<LobbyState> {
  return call.room.plugin(lobbyFold);
}

/** Send a request, and say so if it is refused. */
export function askLobby(call: Call, body: { type: string; [field: string]: unknown }): void {
  void call.attempt(lobbyOf(call).request(body));
}

/** Hosts and assistants keep the door. */
export function isHost(call: Call): boolean {
  const role = call.room.self?.role;
  return role === "host" || role === "assistant";
}
