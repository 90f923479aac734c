import type { Signal } from "@preact/signals";

import type { Zoom } from "../../state/zoom";
import { panBy, WHOLE, zoomAt } from "../../state/zoom";

const DOUBLE_TAP_MS = 320;
const DOUBLE_TAP_PX = 30;
const DOUBLE_TAP_SCALE = 2.5;

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Wheel, drag, pinch and double tap on a tile. What is drawn over the picture may take an event for
 * itself by `preventDefault`. Returns how to stop it.
 */
export function followGestures(tile: HTMLElement, zoom: Signal<Zoom>): () => void {
  const gestures = new Gestures(tile, zoom);
  const stop = new AbortController();
  const { signal } = stop;
  tile.addEventListener("wheel", (event) => gestures.handleWheel(event), { signal, passive: false });
  tile.addEventListener("pointerdown", (event) => gestures.handleDown(event), { signal });
  tile.addEventListener("pointermove", (event) => gestures.handleMove(event), { signal });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
    tile.addEventListener(name, (event) => gestures.handleUp(event), { signal });
  }
  return () => stop.abort();
}

class Gestures {
  readonly #tile: HTMLElement;
  readonly #zoom: Signal<Zoom>;
  readonly #pointers = new Map<number, Point>();
  #lastTap: { atMs: number; at: Point } | null = null;

  constructor(tile: HTMLElement, zoom: Signal<Zoom>) {
    this.#tile = tile;
    this.#zoom = zoom;
  }

  handleWheel(event: WheelEvent): void {
    if (event.defaultPrevented) return;
    event.preventDefault();
    // A trackpad's pinch comes as a wheel with Ctrl and smaller steps.
    const strength = event.ctrlKey ? 0.01 : 0.0022;
    this.#zoom.value = zoomAt(
      this.#zoom.value,
      Math.exp(-event.deltaY * strength),
      this.#part(event),
    );
  }

  handleDown(event: PointerEvent): void {
    const isOnButton = event.target instanceof Element && event.target.closest("button") !== null;
    if (event.defaultPrevented || isOnButton || event.button !== 0) return;
    this.#pointers.set(event.pointerId, pointOf(event));
    if (this.#pointers.size > 1) this.#lastTap = null;
    else this.#handleTap(event);
    if (this.#zoom.value.scale > 1 || this.#pointers.size > 1)
      this.#tile.setPointerCapture(event.pointerId);
  }

  handleMove(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = pointOf(event);
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId);
    this.#pointers.set(event.pointerId, now);
    const { width, height } = this.#tile.getBoundingClientRect();
    const share = 1 / this.#pointers.size; // Two fingers that move alike move it once.
    const moved = panBy(
      this.#zoom.value,
      ((now.x - before.x) / width) * share,
      ((now.y - before.y) / height) * share,
    );
    const other = others[0]?.[1];
    if (other === undefined) {
      this.#zoom.value = moved;
      return;
    }
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 };
    this.#zoom.value = zoomAt(moved, factor, this.#part(middle));
  }

  handleUp(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
  }

  #handleTap(event: PointerEvent): void {
    const at = pointOf(event);
    const last = this.#lastTap;
    const isSecond =
      last !== null &&
      event.timeStamp - last.atMs < DOUBLE_TAP_MS &&
      distance(last.at, at) < DOUBLE_TAP_PX;
    this.#lastTap = isSecond ? null : { atMs: event.timeStamp, at };
    if (!isSecond) return;
    const { value } = this.#zoom;
    this.#zoom.value =
      value.scale > 1 ? WHOLE : zoomAt(value, DOUBLE_TAP_SCALE, this.#part(event));
  }

  /** A point of the screen in parts of the tile. */
  #part({ clientX, clientY }: { clientX: number; clientY: number }): Point {
    const { left, top, width, height } = this.#tile.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }
}

function pointOf({ clientX, clientY }: PointerEvent): Point {
  return { x: clientX, y: clientY };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
