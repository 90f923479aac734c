import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { texts as words } from "../../drawing/texts";
import { ActionButton, ToolBar } from "../../drawing/tool_bar";
import { ToolIcon } from "../../drawing/tool_icons";
import { spokenName } from "../../shared/spoken_name";
import type { Call } from "../../state/call";
import type { StageItem } from "../../state/stage_items";
import type { ItemProps } from "../feature";
import { freeze, thaw } from "./freezing";
import { annotationsOf, drawnOver, easelOf, mayDraw, runsRoom } from "./overlay_desk";
import { texts } from "./texts";

/** Light inks too: a picture may be dark. */
const INKS = [2, 6, 1, 3, 5, 7, 0];

/** A button over the picture to begin drawing on it, and the tools while one does. */
export function TileTools({ call, item }: ItemProps): JSX.Element | null {
  const { track } = item;
  const place = useRef<HTMLDivElement>(null);
  const trackId = track?.id ?? "";
  useEffect(
    () => () => {
      if (drawnOver.value === trackId) drawnOver.value = null;
    },
    [trackId],
  );
  if (track === undefined || !mayDraw(call, item)) return null;
  const isDrawing = drawnOver.value === track.id;
  return (
    <div ref={place} class={`annotate-tools ${isDrawing ? "drawing" : ""}`}>
      {isDrawing ? (
        <ToolBar
          easel={easelOf(call, item, track.id)}
          inks={INKS}
          onPicture={null}
          more={<Menu call={call} item={item} trackId={track.id} tile={() => place.current} />}
        />
      ) : null}
      <button
        type="button"
        class="annotate-button"
        data-testid="annotate-button"
        aria-pressed={isDrawing}
        aria-label={spokenName(
          texts(isDrawing ? "stop" : "draw", { name: item.participant.name }),
          texts(isDrawing ? "done" : "draw_short"),
        )}
        title={texts(isDrawing ? "stop" : "draw", { name: item.participant.name })}
        onClick={() => (drawnOver.value = isDrawing ? null : track.id)}
      >
        <ToolIcon name={isDrawing ? "done" : "pen"} size={20} />
        <span>{texts(isDrawing ? "done" : "draw_short")}</span>
      </button>
    </div>
  );
}

function Menu(props: {
  call: Call;
  item: StageItem;
  trackId: string;
  tile: () => Element | null;
}): JSX.Element {
  const { call, item, trackId, tile } = props;
  const annotations = annotationsOf(call);
  const { everybodyDraws, frozen } = annotations.state;
  const isFrozen = frozen.has(trackId);
  const isHost = runsRoom(call);
  const easel = easelOf(call, item, trackId);
  return (
    <div class="tool-menu">
      {(isHost || item.isSelf) && (
        <ActionButton
          icon="freeze"
          label={texts(isFrozen ? "thaw" : "freeze")}
          isLine
          isOn={isFrozen}
          onClick={() => (isFrozen ? thaw(call, trackId) : freeze(call, trackId, tile()))}
        />
      )}
      {isHost && (
        <ActionButton
          icon="everybody"
          label={texts("everybody_draws")}
          isLine
          isOn={everybodyDraws}
          testId="everybody-annotates"
          onClick={() => {
            const body = { type: "allow_everybody", is_allowed: !everybodyDraws };
            return call.attempt(annotations.request(body).then(() => undefined));
          }}
        />
      )}
      <ActionButton
        icon="trash"
        label={words("clear_own")}
        isLine
        onClick={() => easel.change({ type: "clear", only_own: true })}
      />
      {isHost && (
        <ActionButton
          icon="trash"
          label={words("clear_all")}
          isLine
          testId="clear-all"
          onClick={() => easel.change({ type: "clear" })}
        />
      )}
    </div>
  );
}
