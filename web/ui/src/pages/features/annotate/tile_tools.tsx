import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { ActionButton } from "../../drawing/tool_bar";
import type { Call } from "../../state/call";
import type { StageItem } from "../../state/stage_items";
import type { ItemProps } from "../feature";
import { DrawBar, DrawButton } from "./draw_tools";
import { freeze, thaw } from "./freezing";
import { annotationsOf, drawnOver, easelOf, mayDraw, runsRoom } from "./overlay_desk";
import { texts } from "./texts";

/** The tools over the tile of a shared picture. */
export function TileTools({ call, item }: ItemProps): JSX.Element | null {
  const { track, isSelf } = item;
  const place = useRef<HTMLDivElement>(null);
  const trackId = track?.id ?? "";
  useEffect(
    () => () => {
      if (drawnOver.value === trackId) drawnOver.value = null;
    },
    [trackId],
  );
  if (track === undefined || !mayDraw(call, isSelf) || !isSeen(call, item)) return null;
  const isDrawing = drawnOver.value === track.id;
  const { name } = item.participant;
  const isFrozen = annotationsOf(call).state.frozen.has(track.id);
  const mayFreeze = runsRoom(call) || isSelf;
  const freezing = (
    <ActionButton
      icon="freeze"
      label={texts(isFrozen ? "thaw" : "freeze")}
      isLine
      isOn={isFrozen}
      onClick={() => (isFrozen ? thaw(call, track.id) : freeze(call, track.id, place.current))}
    />
  );
  return (
    <div ref={place} class={isDrawing ? "annotate-tools drawing" : "annotate-tools"}>
      {isDrawing && (
        <DrawBar
          call={call}
          easel={easelOf(call, track.id, isSelf)}
          extra={mayFreeze ? freezing : null}
        />
      )}
      <DrawButton
        isDrawing={isDrawing}
        onToggle={() => (drawnOver.value = isDrawing ? null : track.id)}
        labels={{ draw: texts("draw", { name }), stop: texts("stop", { name }) }}
      />
    </div>
  );
}

/** Nobody draws on one's own face for oneself. */
function isSeen({ room }: Call, { isSelf, source }: StageItem): boolean {
  if (!isSelf || source === "screen_share") return true;
  return room.roster.participants.some(
    ({ id, isConnected }) => id !== room.participantId && isConnected,
  );
}
