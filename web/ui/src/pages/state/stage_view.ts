import type { Room, Tile } from "../../client";
import type { Box } from "./layout";
import type { StageItem } from "./stage_items";

const DEBOUNCE_MS = 150;

/** Tells the server what the stage wants to see: the first time at once, then when it has come to rest. */
export class StageView {
  readonly #room: Room;
  #sent = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(room: Room) {
    this.#room = room;
  }

  update(items: readonly StageItem[], boxes: readonly Box[], hidden: boolean): void {
    const tiles = wantedTiles(items, boxes, window.devicePixelRatio);
    const view = JSON.stringify([tiles, hidden]);
    clearTimeout(this.#timer);
    if (view === this.#sent) return;
    const send = (): void => {
      this.#sent = view;
      this.#room.view.set(tiles, hidden);
    };
    if (this.#sent === "" || hidden) send();
    else this.#timer = setTimeout(send, DEBOUNCE_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

/** Sizes in physical pixels. A screen is asked for whole: its text would not survive a smaller picture. */
export function wantedTiles(
  items: readonly StageItem[],
  boxes: readonly Box[],
  pixelRatio: number,
): Tile[] {
  return items.flatMap((item, index) => {
    const box = boxes[index];
    const { track } = item;
    if (box === undefined || track === undefined || item.isSelf || track.isMuted) return [];
    const isScreen = item.source === "screen_share" && track.widthPx > 0;
    const width = isScreen ? track.widthPx : Math.round(box.width * pixelRatio);
    const height = isScreen ? track.heightPx : Math.round(box.height * pixelRatio);
    return [
      {
        track_id: track.id,
        width_px: Math.min(width, 16_384),
        height_px: Math.min(height, 16_384),
      },
    ];
  });
}
