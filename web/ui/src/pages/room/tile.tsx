import type { JSX } from "preact";

import { t } from "../i18n/translate";
import { glazeOf } from "../shared/avatar";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";
import type { Box, Insets } from "../state/layout";
import type { StageItem } from "../state/stage_items";
import { QualityBars } from "./quality_bars";
import { screenBarPx } from "./screen_bar";
import { tileName } from "./tile_name";
import { TilePicture } from "./tile_picture";

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
  const barPx = screenBarPx(item, box);
  const classes = [
    "tile",
    glazeOf(participant.identity),
    isScreen ? "tile-screen" : "",
    barPx > 0 ? "with-bar" : "",
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
      <TilePicture call={call} item={item} box={box} inset={insetOf(call, item, box, barPx)} />
      <div class="tile-overlays">
        {call.shell.features.value.map(
          ({ plugin, TileOverlay }) =>
            TileOverlay && <TileOverlay key={plugin} call={call} item={item} />,
        )}
      </div>
      <footer class="tile-footer">
        <span class="name-tag">
          {!isScreen && !isHeard(call, item) && (
            <span class="name-tag-muted" role="img" aria-label={t("tile.muted")}>
              <Icon name="microphoneOff" size={16} />
            </span>
          )}
          <span class="name-tag-name">{name}</span>
          {isSelf && !isScreen && <QualityBars quality={call.link.quality.value?.quality ?? "unknown"} />}
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

/** What the tools of all features need beside the picture, and the tile's own bar below it. */
function insetOf(call: Call, item: StageItem, box: Box, barPx: number): Insets {
  const insets = call.shell.features.value.map(({ besidePicture }) =>
    besidePicture?.(call, item, box),
  );
  return {
    left: Math.max(0, ...insets.map((inset) => inset?.left ?? 0)),
    bottom: Math.max(barPx, ...insets.map((inset) => inset?.bottom ?? 0)),
  };
}

function isHeard(call: Call, item: StageItem): boolean {
  if (item.isSelf) return call.room.outbound("microphone")?.isOn === true;
  const microphone = call.room.roster.trackOf(item.participant.id, "microphone");
  return microphone !== undefined && !microphone.isMuted;
}
