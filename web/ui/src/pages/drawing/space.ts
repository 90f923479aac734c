/** Where things are: units of a surface, pixels of the screen, and the view between them. Pure. */

import { SURFACE_UNITS } from "../../client/plugins/drawing_points";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * A surface's own coordinates. All are `SURFACE_UNITS` wide; `yScale` stretches what is stored to
 * squares: over a picture both directions are stored in 0 … SURFACE_UNITS.
 */
export interface Space extends Size {
  readonly yScale: number;
}

export const PAGE_SPACE: Space = { width: SURFACE_UNITS, height: 9_000, yScale: 1 };

export function pictureSpace(picture: Size): Space {
  const yScale = picture.width > 0 && picture.height > 0 ? picture.height / picture.width : 9 / 16;
  return { width: SURFACE_UNITS, height: SURFACE_UNITS * yScale, yScale };
}

/** pixel = unit · scale + (left, top). */
export interface View {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

export const MOST_ZOOM = 8;

/** The whole surface in the middle of the screen. */
export function fittedView(space: Size, screen: Size, margin = 0): View {
  const scale = Math.max(
    1e-6,
    Math.min((screen.width - 2 * margin) / space.width, (screen.height - 2 * margin) / space.height),
  );
  return {
    scale,
    left: (screen.width - space.width * scale) / 2,
    top: (screen.height - space.height * scale) / 2,
  };
}

/** Zooms while the unit under a pixel stays there. */
export function zoomedAt(view: View, factor: number, at: Point, least: number): View {
  const scale = Math.min(least * MOST_ZOOM, Math.max(least, view.scale * factor));
  const real = scale / view.scale;
  return {
    scale,
    left: at.x - (at.x - view.left) * real,
    top: at.y - (at.y - view.top) * real,
  };
}

/** Keeps the surface in sight: in the middle where it is smaller than the screen. */
export function heldInSight(view: View, space: Size, screen: Size): View {
  const held = (start: number, length: number, room: number): number =>
    length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, start));
  return {
    ...view,
    left: held(view.left, space.width * view.scale, screen.width),
    top: held(view.top, space.height * view.scale, screen.height),
  };
}

export function toUnits(view: View, pixel: Point): Point {
  return { x: (pixel.x - view.left) / view.scale, y: (pixel.y - view.top) / view.scale };
}

export function toPixels(view: View, unit: Point): Point {
  return { x: unit.x * view.scale + view.left, y: unit.y * view.scale + view.top };
}

export function boxOf(a: Point, b: Point): Box {
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    right: Math.max(a.x, b.x),
    bottom: Math.max(a.y, b.y),
  };
}

export function unionOf(boxes: Iterable<Box>): Box | null {
  let union: Box | null = null;
  for (const box of boxes) {
    union =
      union === null
        ? box
        : {
            left: Math.min(union.left, box.left),
            top: Math.min(union.top, box.top),
            right: Math.max(union.right, box.right),
            bottom: Math.max(union.bottom, box.bottom),
          };
  }
  return union;
}

export function grownBy(box: Box, by: number): Box {
  return { left: box.left - by, top: box.top - by, right: box.right + by, bottom: box.bottom + by };
}

export function overlap(a: Box, b: Box): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

export function isInside(box: Box, point: Point): boolean {
  return (
    point.x >= box.left && point.x <= box.right && point.y >= box.top && point.y <= box.bottom
  );
}
