import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { IconName } from "../../shared/icons";
import { Icon } from "../../shared/icons";
import type { Zoom } from "../../state/zoom";
import { MOST_SCALE, panBy, WHOLE, zoomAt } from "../../state/zoom";
import type { ItemProps } from "../feature";
import { texts } from "./texts";
import { followGestures } from "./zoom_gestures";

const STEP = 1.5;
const CENTRE = { x: 0.5, y: 0.5 };
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0.1, 0],
  ArrowRight: [-0.1, 0],
  ArrowUp: [0, 0.1],
  ArrowDown: [0, -0.1],
};

/** Magnifies somebody's shared screen: buttons, wheel, pinch, double tap, and keys on the buttons. */
export function ZoomBar({ call, item }: ItemProps): JSX.Element | null {
  const isScreen = item.source === "screen_share" && !item.isSelf;
  const bar = useRef<HTMLDivElement>(null);
  const zoom = call.shell.zooms.of(item.key);
  useEffect(() => {
    const tile = bar.current?.closest(".tile");
    if (!(tile instanceof HTMLElement)) return undefined;
    const stop = followGestures(tile, zoom);
    return () => {
      stop();
      zoom.value = WHOLE; // The next share is seen whole at first.
    };
  }, [zoom, isScreen]);
  if (!isScreen) return null;
  const set = (next: Zoom): void => {
    zoom.value = next;
  };
  const { scale } = zoom.value;
  const handleKey = (event: KeyboardEvent): void => {
    const arrow = ARROWS[event.key];
    if (arrow === undefined || scale === 1) return;
    event.preventDefault();
    set(panBy(zoom.value, ...arrow));
  };
  return (
    <div
      ref={bar}
      class="zoom-bar"
      role="group"
      aria-label={texts("zoom")}
      data-testid="zoom-bar"
      onKeyDown={handleKey}
    >
      {scale > 1 && (
        <>
          <ZoomButton icon="minus" label="zoom_out" onClick={() => set(zoomAt(zoom.value, 1 / STEP, CENTRE))} />
          <button
            type="button"
            class="zoom-scale"
            aria-label={texts("zoom_whole")}
            title={texts("zoom_whole")}
            onClick={() => set(WHOLE)}
          >
            {texts("zoom_scale", { percent: Math.round(scale * 100) })}
          </button>
        </>
      )}
      {scale < MOST_SCALE && (
        <ZoomButton icon="plus" label="zoom_in" onClick={() => set(zoomAt(zoom.value, STEP, CENTRE))} />
      )}
    </div>
  );
}

function ZoomButton({
  icon,
  label,
  onClick,
}: {
  icon: IconName;
  label: "zoom_in" | "zoom_out";
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      data-testid={label}
      aria-label={texts(label)}
      title={texts(label)}
      onClick={onClick}
    >
      <Icon name={icon} size={18} />
    </button>
  );
}
