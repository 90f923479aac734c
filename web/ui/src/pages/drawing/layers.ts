/**
 * Two canvases: what stands, painted once and mended where it changes, and above it what moves.
 *
 * A page of thousands of strokes is drawn on at full rate that way: a stroke that is added costs one
 * stroke, and one that is removed costs those in its box.
 */

import type { Placed } from "../../client/plugins/drawing_item";
import type { Surface } from "../../client/plugins/drawing_surface";
import { EMPTY_SURFACE, differenceOf, itemsOf } from "../../client/plugins/drawing_surface";
import type { Paper } from "../../client/plugins/whiteboard";
import type { Context, Pictures } from "./painter";
import { paintPaper, paintShape } from "./painter";
import type { Shape } from "./shape";
import { shapeOf } from "./shape";
import type { Box, Size, Space, View } from "./space";
import { grownBy, overlap, unionOf } from "./space";

/** While fingers zoom, the painted picture is stretched; it is painted anew when they rest. */
const REST_MS = 120;
const MOST_PIXEL_RATIO = 2;
/** A note's shadow reaches so far beyond its box, on the screen. */
const SHADOW_PX = 16;

export interface Scene {
  readonly surface: Surface;
  readonly space: Space;
  /** Null: over a picture. */
  readonly paper: Paper | null;
  /** Numbers that the layer above shows, or nobody. */
  readonly hidden: ReadonlySet<number>;
}

export class Layers {
  readonly standing: HTMLCanvasElement;
  readonly moving: HTMLCanvasElement;
  readonly #pictures: Pictures;
  readonly #paintMoving: (context: Context) => void;
  #scene: Scene | null = null;
  #view: View = { scale: 1, left: 0, top: 0 };
  #painted: View = this.#view;
  #size: Size = { width: 0, height: 0 };
  #ratio = 1;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;

  constructor(
    canvases: { standing: HTMLCanvasElement; moving: HTMLCanvasElement },
    pictures: Pictures,
    paintMoving: (context: Context) => void,
  ) {
    this.standing = canvases.standing;
    this.moving = canvases.moving;
    this.#pictures = pictures;
    this.#paintMoving = paintMoving;
  }

  resize(size: Size, view: View): void {
    this.#size = size;
    this.#ratio = Math.min(MOST_PIXEL_RATIO, window.devicePixelRatio || 1);
    for (const canvas of [this.standing, this.moving]) {
      canvas.width = Math.max(1, Math.round(size.width * this.#ratio));
      canvas.height = Math.max(1, Math.round(size.height * this.#ratio));
      // Pixel for pixel: in a box of 972.5 pixels each frame would be scaled, and blurred.
      canvas.style.width = `${size.width}px`;
      canvas.style.height = `${size.height}px`;
    }
    this.#view = view;
    this.paintAll();
  }

  show(scene: Scene): void {
    const before = this.#scene;
    this.#scene = scene;
    if (before?.space !== scene.space || before.paper !== scene.paper) {
      this.paintAll();
      return;
    }
    const { before: gone, after: come } = differenceOf(before.surface, scene.surface);
    const turned = turnedItems(before, scene);
    const lowest = come[0]?.number ?? Infinity;
    const isOnTop = gone.length === 0 && turned.length === 0 && lowest > topOf(before.surface);
    if (isOnTop) this.#paint(come, null);
    else this.#mend([...gone, ...come, ...turned]);
    this.paintMoving();
  }

  look(view: View): void {
    if (view === this.#view) return;
    this.#view = view;
    const ratio = view.scale / this.#painted.scale;
    const left = view.left - this.#painted.left * ratio;
    const top = view.top - this.#painted.top * ratio;
    this.standing.style.transform = `translate(${left}px, ${top}px) scale(${ratio})`;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.paintAll(), REST_MS);
    this.paintMoving();
  }

  /** Paints what moves, once in the next frame however often it is asked for. */
  paintMoving(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const context = this.moving.getContext("2d");
      if (context === null) return;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, this.moving.width, this.moving.height);
      this.#place(context, this.#view);
      this.#paintMoving(context);
    });
  }

  paintAll(): void {
    clearTimeout(this.#rest);
    const context = this.standing.getContext("2d");
    if (context === null || this.#scene === null) return;
    this.#painted = this.#view;
    this.standing.style.transform = "";
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.standing.width, this.standing.height);
    this.#place(context, this.#painted);
    if (this.#scene.paper !== null) paintPaper(context, this.#scene.paper, this.#scene.space);
    this.#paint(itemsOf(this.#scene.surface), this.#sight());
    this.paintMoving();
  }

  close(): void {
    clearTimeout(this.#rest);
    cancelAnimationFrame(this.#frame);
  }

  /** Paints items anew within the box of those that changed. */
  #mend(items: readonly Placed[]): void {
    const scene = this.#scene;
    const context = this.standing.getContext("2d");
    if (scene === null || context === null || items.length === 0) return;
    const union = unionOf(items.map((placed) => shapeOf(placed.item, scene.space).box));
    if (union === null) return;
    const shadow = SHADOW_PX / this.#painted.scale;
    const box = this.#wholePixels(grownBy(union, shadow));
    context.save();
    this.#place(context, this.#painted);
    context.beginPath();
    context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    context.clip();
    context.clearRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    if (scene.paper !== null) paintPaper(context, scene.paper, scene.space);
    this.#paint(itemsOf(scene.surface), grownBy(box, shadow));
    context.restore();
  }

  #paint(items: Iterable<Placed>, within: Box | null): void {
    const scene = this.#scene;
    const context = this.standing.getContext("2d");
    if (scene === null || context === null) return;
    this.#place(context, this.#painted);
    for (const placed of items) {
      if (scene.hidden.has(placed.number)) continue;
      const shape: Shape = shapeOf(placed.item, scene.space);
      if (within === null || overlap(shape.box, within)) {
        paintShape(context, shape, this.#pictures);
      }
    }
  }

  #place(context: Context, view: View): void {
    const scale = view.scale * this.#ratio;
    context.setTransform(scale, 0, 0, scale, view.left * this.#ratio, view.top * this.#ratio);
  }

  /** A box whose edges go between pixels: what is cut off there would be seen as a thin line. */
  #wholePixels(box: Box): Box {
    const scale = this.#painted.scale * this.#ratio;
    const [left, top] = [this.#painted.left * this.#ratio, this.#painted.top * this.#ratio];
    return {
      left: (Math.floor(box.left * scale + left) - left) / scale,
      top: (Math.floor(box.top * scale + top) - top) / scale,
      right: (Math.ceil(box.right * scale + left) - left) / scale,
      bottom: (Math.ceil(box.bottom * scale + top) - top) / scale,
    };
  }

  #sight(): Box {
    const { scale, left, top } = this.#painted;
    return {
      left: -left / scale,
      top: -top / scale,
      right: (this.#size.width - left) / scale,
      bottom: (this.#size.height - top) / scale,
    };
  }
}

/** Items that were hidden and are not now, or the other way round. */
function turnedItems(before: Scene, after: Scene): Placed[] {
  if (before.hidden === after.hidden) return [];
  const turned = new Set<number>();
  for (const number of before.hidden) if (!after.hidden.has(number)) turned.add(number);
  for (const number of after.hidden) if (!before.hidden.has(number)) turned.add(number);
  if (turned.size === 0) return [];
  return [...itemsOf(after.surface)].filter((placed) => turned.has(placed.number));
}

/** The highest number that is known of a surface. */
function topOf(surface: Surface): number {
  if (surface === EMPTY_SURFACE) return -1;
  const last = surface.buckets.at(-1) ?? [];
  for (let index = last.length - 1; index >= 0; index--) {
    const place = last[index];
    if (place !== undefined) return place.placed.number;
  }
  return -1;
}
