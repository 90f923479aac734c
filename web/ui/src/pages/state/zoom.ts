import type { Signal } from "@preact/signals";
import { signal } from "@preact/signals";

import type { Area, Box } from "./layout";

/** How a picture is magnified in its tile; `x` and `y` are parts of the tile, at most 0. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
export const MOST_SCALE = 6;

/** Magnify around a point of the tile, given in parts of it: what is there stays there. */
export function zoomAt(zoom: Zoom, factor: number, at: { x: number; y: number }): Zoom {
  const scale = Math.min(MOST_SCALE, Math.max(1, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return within({
    scale,
    x: at.x - (at.x - zoom.x) * ratio,
    y: at.y - (at.y - zoom.y) * ratio,
  });
}

export function panBy(zoom: Zoom, x: number, y: number): Zoom {
  return within({ ...zoom, x: zoom.x + x, y: zoom.y + y });
}

/** The picture never leaves its tile. */
function within({ scale, x, y }: Zoom): Zoom {
  const least = 1 - scale;
  return { scale, x: Math.min(0, Math.max(least, x)), y: Math.min(0, Math.max(least, y)) };
}

/** Where in its tile a picture lies: whole with bars beside it, or filling it and cropped. */
export function pictureBox(area: Area, picture: Area, fit: "contain" | "cover"): Box {
  if (picture.width <= 0 || picture.height <= 0) return { left: 0, top: 0, ...area };
  const ratios = [area.width / picture.width, area.height / picture.height];
  const ratio = fit === "contain" ? Math.min(...ratios) : Math.max(...ratios);
  const [width, height] = [picture.width * ratio, picture.height * ratio];
  return { left: (area.width - width) / 2, top: (area.height - height) / 2, width, height };
}

/** The zoom of each thing on the stage, by the key of its tile. */
export class Zooms {
  readonly #zooms = new Map<string, Signal<Zoom>>();

  of(key: string): Signal<Zoom> {
    const known = this.#zooms.get(key) ?? signal(WHOLE);
    this.#zooms.set(key, known);
    return known;
  }
}
