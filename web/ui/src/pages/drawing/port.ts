/** The way from an easel to its plugin in the room. */

import type { PluginBody, PluginState, Room } from "../../client";
import { LOCAL_CODES, toEmporionError } from "../../client";
import type { DrawingState } from "../../client/plugins/drawing";
import type { Placed } from "../../client/plugins/drawing_item";
import { explainError } from "../i18n/errors";
import type { Call } from "../state/call";
import { showToast } from "../state/toasts";
import type { DrawingPort } from "./easel";

const ASK_AGAIN_MS = 700;
/** The answer was lost with the connection, not the request refused. */
const UNSURE: ReadonlySet<string> = new Set(["connection.lost", "connection.request_timeout"]);

interface Drawn {
  readonly drawing: DrawingState;
}

export function drawingPort(
  call: Call,
  plugin: PluginState<Drawn>,
  surface: string,
  rights: { mayDraw: () => boolean },
): DrawingPort {
  const { room } = call;
  const isHost = (): boolean => room.self?.role === "host" || room.self?.role === "assistant";
  return {
    surface,
    drawing: () => plugin.state.drawing,
    onChange: plugin.onChange,
    request: (body) => carryOut(room, plugin, body),
    signal: (body) => plugin.signal(body),
    mayDraw: rights.mayDraw,
    mayEdit: (placed: Placed) =>
      rights.mayDraw() &&
      (isHost() || plugin.state.drawing.authors[placed.by] === room.self?.identity),
    ownId: () => room.participantId ?? "",
  };
}

/** What was drawn survives a lost connection: it is sent again, unless it had arrived. */
async function carryOut(
  room: Room,
  plugin: PluginState<Drawn>,
  body: PluginBody,
): Promise<boolean> {
  const { draft } = body;
  const key = `${room.participantId ?? ""}/${String(draft)}`;
  for (;;) {
    try {
      await plugin.request(body);
      return true;
    } catch (thrown) {
      const error = toEmporionError(thrown, LOCAL_CODES.connectionLost);
      if (draft === undefined || !UNSURE.has(error.code)) {
        if (room.ended === null) showToast(explainError(error), "warning");
        return false;
      }
    }
    do await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    while (room.phase !== "joined" && room.ended === null);
    if (room.ended !== null) return false;
    if (plugin.state.drawing.finishedDrafts.includes(key)) return true;
  }
}
