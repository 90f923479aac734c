import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import type { Slot } from "../../client";
import { t } from "../i18n/translate";
import { Avatar, glazeOf } from "../shared/avatar";
import { Icon } from "../shared/icons";
import { LocalVideo } from "../shared/video";
import type { Call } from "../state/call";
import type { Box } from "../state/layout";
import type { StageItem } from "../state/stage_items";
import { QualityBars } from "./quality_bars";

interface TileProps {
  call: Call;
  item: StageItem;
  box: Box;
  isPinned: boolean;
  onPin: () => void;
}

export function Tile({ call, item, box, isPinned, onPin }: TileProps): JSX.Element {
  const { room } = call;
  const { participant, source, isSelf } = item;
  const isScreen = source === "screen_share";
  const isSpeaking = !isScreen && room.speakers.includes(participant.id);
  const name = tileName(item);
  const classes = [
    "tile",
    glazeOf(participant.identity),
    isScreen ? "tile-screen" : "",
    isSpeaking ? "speaking" : "",
    box.width < 190 ? "tile-small" : "",
  ];
  return (
    <article
      class={classes.join(" ")}
      style={{
        width: `${box.width}px`,
        height: `${box.height}px`,
        transform: `translate(${box.left}px, ${box.top}px)`,
      }}
      data-testid="tile"
      data-participant={participant.id}
      data-source={source}
      data-self={isSelf}
      aria-label={isSpeaking ? t("tile.speaking", { name }) : name}
    >
      <TilePicture call={call} item={item} />
      <footer class="tile-footer">
        <span class="name-tag">
          {!isScreen && !isHeard(call, item) && (
            <span class="name-tag-muted" role="img" aria-label={t("tile.muted")}>
              <Icon name="microphoneOff" size={16} />
            </span>
          )}
          <span class="name-tag-name">{name}</span>
          {isSelf && !isScreen && <QualityBars quality={call.link.value?.quality ?? "unknown"} />}
        </span>
      </footer>
      <button
        type="button"
        class={`tile-pin ${isPinned ? "pinned" : ""}`}
        aria-label={t(isPinned ? "tile.unpin" : "tile.pin", { name })}
        title={t(isPinned ? "tile.unpin" : "tile.pin", { name })}
        onClick={onPin}
      >
        <Icon name="pin" size={18} />
      </button>
    </article>
  );
}

function TilePicture({ call, item }: { call: Call; item: StageItem }): JSX.Element {
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
      data-covered={isCovered}
    >
      {own !== null && <LocalVideo track={own} label={tileName(item)} />}
      {slot !== undefined && <SlotVideo call={call} slot={slot} />}
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
  if (reason === "bandwidth" || reason === "codec") return <p>{t(`tile.${reason}`)}</p>;
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

function tileName(item: StageItem): string {
  const { participant, source, isSelf } = item;
  if (source === "screen_share") return t("tile.screen", { name: participant.name });
  return isSelf ? `${participant.name} (${t("app.you")})` : participant.name;
}

function isHeard(call: Call, item: StageItem): boolean {
  if (item.isSelf) return call.room.outbound("microphone")?.isOn === true;
  const microphone = call.room.roster.trackOf(item.participant.id, "microphone");
  return microphone !== undefined && !microphone.isMuted;
}
