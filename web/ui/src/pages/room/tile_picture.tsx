import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Slot } from "../../client";
import { t } from "../i18n/translate";
import { Avatar } from "../shared/avatar";
import { Icon } from "../shared/icons";
import { LocalVideo } from "../shared/video";
import type { Call } from "../state/call";
import type { Area, Insets } from "../state/layout";
import type { StageItem } from "../state/stage_items";
import { pictureBox, WHOLE } from "../state/zoom";
import { tileName } from "./tile_name";
import { WholeScreenCard } from "./whole_screen_card";

/** A screen share smaller than this is one of the strip, where nobody reads it. */
const SMALLEST_ZOOMED_PX = 300;

interface TilePictureProps {
  call: Call;
  item: StageItem;
  /** Of the tile. */
  box: Area;
  /** Left to others. */
  inset: Insets;
}

export function TilePicture({ call, item, box, inset }: TilePictureProps): JSX.Element {
  const area = { width: box.width - inset.left, height: box.height - inset.bottom };
  const { room } = call;
  const { participant, source, isSelf, track } = item;
  const own = isSelf ? (room.outbound(source)?.track ?? null) : null;
  const slot = isSelf || track === undefined ? undefined : room.media.slotOf(track.id);
  const isOn = isSelf ? own !== null : track !== undefined && !track.isMuted;
  // A face that stands still deceives; a page of text that stands still can be read.
  const isThere = source === "screen_share" ? slot?.hasPicture === true : slot?.isShown === true;
  const isCovered = !isOn || (!isSelf && (!isThere || !participant.isConnected));
  return (
    <div
      class={`tile-picture ${isSelf && source === "camera" ? "mirrored" : ""}`}
      style={{ left: `${inset.left}px`, bottom: `${inset.bottom}px` }}
      data-covered={isCovered}
    >
      <Zoomed call={call} item={item} area={area} hasOverlays={!isCovered}>
        {own !== null && <LocalVideo track={own} label={tileName(item)} />}
        {own !== null && source === "screen_share" && <WholeScreenCard track={own} />}
        {slot !== undefined && <SlotVideo call={call} slot={slot} />}
      </Zoomed>
      {!isCovered && slot?.isShown === false && <p class="tile-note">{t("tile.bandwidth")}</p>}
      {isCovered && (
        <div class="tile-cover">
          {source === "camera" ? (
            <Avatar name={participant.name} identity={participant.identity} />
          ) : (
            <Icon name="screen" size={40} />
          )}
          <CoverText
            isAway={!participant.isConnected}
            isAwaited={isOn && !isSelf}
            reason={slot?.reason ?? null}
          />
        </div>
      )}
    </div>
  );
}

/** The video, and over it what is drawn in the coordinates of its picture: both move together. */
function Zoomed({
  call,
  item,
  area,
  hasOverlays,
  children,
}: {
  call: Call;
  item: StageItem;
  area: Area;
  hasOverlays: boolean;
  children: JSX.Element["props"]["children"];
}): JSX.Element {
  const holder = useRef<HTMLDivElement>(null);
  const picture = useVideoSize(holder);
  const isZoomable = item.source === "screen_share" && area.width >= SMALLEST_ZOOMED_PX;
  const { scale, x, y } = isZoomable ? call.shell.zooms.of(item.key).value : WHOLE;
  const box = pictureBox(area, picture, item.source === "screen_share" ? "contain" : "cover");
  return (
    <div
      ref={holder}
      class="tile-zoom"
      data-scale={scale.toFixed(2)}
      style={{ transform: `translate(${x * 100}%, ${y * 100}%) scale(${scale})` }}
    >
      {children}
      {hasOverlays && (
        <div
          class="picture-box"
          style={{
            left: `${box.left}px`,
            top: `${box.top}px`,
            width: `${box.width}px`,
            height: `${box.height}px`,
          }}
        >
          {call.shell.features.value.map(
            ({ plugin, PictureOverlay }) =>
              PictureOverlay && <PictureOverlay key={plugin} call={call} item={item} />,
          )}
        </div>
      )}
    </div>
  );
}

/** The size of the pictures that play inside an element; it changes with a shared window's. */
function useVideoSize(holder: { current: HTMLDivElement | null }): Area {
  const [size, setSize] = useState<Area>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = holder.current;
    const measure = (): void => {
      const video = element?.querySelector("video");
      const [width, height] = [video?.videoWidth ?? 0, video?.videoHeight ?? 0];
      setSize((known) => (known.width === width && known.height === height ? known : { width, height }));
    };
    measure();
    // Media events do not bubble, but they are captured.
    element?.addEventListener("resize", measure, true);
    element?.addEventListener("loadedmetadata", measure, true);
    return () => {
      element?.removeEventListener("resize", measure, true);
      element?.removeEventListener("loadedmetadata", measure, true);
    };
  });
  return size;
}

function CoverText({
  isAway,
  isAwaited,
  reason,
}: {
  isAway: boolean;
  isAwaited: boolean;
  reason: string | null;
}): JSX.Element | null {
  if (isAway) return <p>{t("tile.away")}</p>;
  if (!isAwaited) return null;
  // Over before it is read, as at a join, it would only alarm.
  if (reason === "bandwidth" || reason === "codec")
    return <p class="late">{t(`tile.${reason}`)}</p>;
  return <p class="late">{t("tile.loading")}</p>;
}

/** The slot's own element, borrowed while this tile shows it. */
function SlotVideo({ call, slot }: { call: Call; slot: Slot }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { elements } = call;
    const video = elements?.video(slot.index);
    if (video === undefined || place.current === null) return undefined;
    const holder = place.current;
    holder.append(video);
    if (video.paused) void video.play().catch(() => undefined);
    return () => {
      if (video.parentNode === holder) elements?.park(video);
    };
  }, [call, slot]);
  return <div ref={place} class="slot-video" />;
}
