import type { JSX } from "preact";

import { EMPTY_SURFACE } from "../../../client/plugins/drawing_surface";
import type { Call } from "../../state/call";
import type { StageItem } from "../../state/stage_items";
import type { ItemProps } from "../feature";
import { annotationsOf, drawnOver, easelOf } from "./overlay_desk";
import { Sheet, useLive } from "./sheet";
import { texts } from "./texts";

/** What is drawn over one picture, exactly as large as the picture. */
export function PictureOverlay({ call, item }: ItemProps): JSX.Element | null {
  const trackId = item.track?.id;
  if (trackId === undefined) return null;
  return <Overlay key={trackId} call={call} item={item} trackId={trackId} />;
}

function Overlay({
  call,
  item,
  trackId,
}: {
  call: Call;
  item: StageItem;
  trackId: string;
}): JSX.Element | null {
  const annotations = annotationsOf(call);
  const { drawing, frozen } = annotations.state;
  const isLive = useLive(call, trackId);
  const isDrawing = drawnOver.value === trackId;
  const hasItems = (drawing.surfaces.get(trackId) ?? EMPTY_SURFACE).buckets.length > 0;
  const file = frozen.get(trackId);
  if (!isDrawing && !hasItems && !isLive && file === undefined) return null;
  const classes = [
    "annotations",
    isDrawing ? "drawing" : "",
    // One's own camera is shown as in a mirror, and so is what is drawn on it.
    item.isSelf && item.source === "camera" ? "annotations-mirrored" : "",
  ];
  return (
    <div class={classes.join(" ")} data-testid="annotations">
      {file !== undefined && (
        <img class="frozen-picture" src={call.room.files.url(file)} alt={texts("frozen_picture")} />
      )}
      <Sheet
        call={call}
        easel={easelOf(call, trackId, item.isSelf)}
        label={texts("over", { name: item.participant.name })}
        isDrawing={isDrawing}
      />
    </div>
  );
}
