import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import type { PluginSignalled } from "../../../client";
import type { Easel } from "../../drawing/easel";
import type { Size } from "../../drawing/space";
import { pictureSpace } from "../../drawing/space";
import { SurfaceView } from "../../drawing/surface_view";
import type { Call } from "../../state/call";
import { annotationsOf } from "./overlay_desk";

/** A cursor or a stroke in the making shows the overlay for so long after its last sign. */
const LIVE_MS = 9_000;

/** What is drawn on one surface, exactly as large as what it lies over. */
export function Sheet({
  call,
  easel,
  label,
  isDrawing,
}: {
  call: Call;
  easel: Easel;
  label: string;
  isDrawing: boolean;
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
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
        label={label}
        isActive={isDrawing}
        onSignal={(listener) => annotationsOf(call).onSignal(listener)}
      />
    </div>
  );
}

/** Whether somebody else points or draws there just now. */
export function useLive(call: Call, surface: string): boolean {
  const [isLive, setLive] = useState(false);
  const { room } = call;
  const annotations = annotationsOf(call);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = annotations.onSignal((signal: PluginSignalled) => {
      const body = signal.body as { readonly surface?: unknown } | null;
      if (body?.surface !== surface || signal.author === room.participantId) return;
      setLive(true);
      clearTimeout(timer);
      timer = setTimeout(() => setLive(false), LIVE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [annotations, room, surface]);
  return isLive;
}
