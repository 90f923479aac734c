/** Pictures of files, fetched once each. */

import type { Room } from "../../client";

const kept = new WeakMap<Room, Map<string, HTMLImageElement>>();

/** Gives a file's picture once it is there; `arrived` is called when one has come. */
export function pictureOf(
  room: Room,
  fileId: string,
  arrived: () => void,
): HTMLImageElement | null {
  const pictures = kept.get(room) ?? new Map<string, HTMLImageElement>();
  kept.set(room, pictures);
  let image = pictures.get(fileId);
  if (image === undefined) {
    image = new Image();
    image.src = room.files.url(fileId);
    pictures.set(fileId, image);
  }
  if (image.complete && image.naturalWidth > 0) return image;
  image.addEventListener("load", arrived, { once: true });
  return null;
}
