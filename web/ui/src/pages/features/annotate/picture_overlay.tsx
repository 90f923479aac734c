import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import type { PluginSignalled } from "../../../client";
import { EMPTY_SURFACE } from "../../../client/plugins/drawing_surface";
import type { Size } from "../../drawing/space";
import { pictureSpace } from "../../drawing/space";
import { SurfaceView } from "../../drawing/surface_view";
import type { Call } from "../../state/call";
import type { StageItem } from "../../state/stage_items";
import type { ItemProps } from "../feature";
import { annotationsOf, drawnOver, easelOf } from "./overlay_desk";
import { texts } from "./texts";

/** A cursor or a stroke in the making shows the overlay for so long after its last sign. */
const LIVE_MS = 9_000;

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
      <Sheet call={call} item={item} trackId={trackId} />
    </div>
  );
}

function Sheet({
  call,
  item,
  trackId,
}: {
  call: Call;
  item: StageItem;
  trackId: string;
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const easel = easelOf(call, item, trackId);
  const [size, setSize] = useState<Size>({ width: 16, height: 9 });
  const space = useMemo(() => pictureSpace(size), [size]);
  // Before its first paint, so that nothing is seen in the wrong place.
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const [width, height] = [element.clientWidth, element.clientHeight];
      if (width > 0 && height > 0) setSize({ width, height });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} class="annotation-sheet">
      <SurfaceView
        call={call}
        easel={easel}
        space={space}
        paper={null}
        label={texts("over", { name: item.participant.name })}
        isActive={drawnOver.value === trackId}
        onSignal={(listener) => annotationsOf(call).onSignal(listener)}
      />
    </div>
  );
}

/** Whether somebody else points or draws there just now. */
function useLive(call: Call, trackId: string): boolean {
  const [isLive, setLive] = useState(false);
  const { room } = call;
  const annotations = annotationsOf(call);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = annotations.onSignal((signal: PluginSignalled) => {
      const body = signal.body as { readonly surface?: unknown } | null;
      if (body?.surface !== trackId || signal.author === room.participantId) return;
      setLive(true);
      clearTimeout(timer);
      timer = setTimeout(() => setLive(false), LIVE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [annotations, room, trackId]);
  return isLive;
}
