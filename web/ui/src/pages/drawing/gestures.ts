/**
 * Pointers on a surface: a mouse or pen draws; one finger draws, two move and zoom the page.
 *
 * Once a pen was used, fingers only move the page: a palm that rests on it draws nothing.
 */

import type { Action, Sample } from "./actions";
import { beginAction } from "./actions";
import type { Easel } from "./easel";
import type { Point } from "./space";
import { toUnits } from "./space";

interface Pinch {
  readonly distance: number;
  readonly middle: Point;
}

export class Gestures {
  readonly #easel: Easel;
  readonly #element: HTMLElement;
  readonly #fingers = new Map<number, Point>();
  readonly #stops: (() => void)[] = [];
  #action: Action | null = null;
  #pointer: number | null = null;
  #panFrom: Point | null = null;
  #pinch: Pinch | null = null;
  isSpaceHeld = false;

  constructor(easel: Easel, element: HTMLElement) {
    this.#easel = easel;
    this.#element = element;
    this.#listen("pointerdown", (event) => this.#down(event));
    this.#listen("pointermove", (event) => this.#move(event));
    this.#listen("pointerup", (event) => this.#up(event));
    this.#listen("pointercancel", (event) => this.#cancel(event));
    this.#listen("pointerleave", () => this.#easel.pointAway());
    const wheel = (event: WheelEvent): void => this.#wheel(event);
    element.addEventListener("wheel", wheel, { passive: false });
    this.#stops.push(() => element.removeEventListener("wheel", wheel));
  }

  close(): void {
    this.#end(true);
    for (const stop of this.#stops) stop();
  }

  #listen(
    name: "pointerdown" | "pointermove" | "pointerup" | "pointercancel" | "pointerleave",
    listener: (event: PointerEvent) => void,
  ): void {
    this.#element.addEventListener(name, listener);
    this.#stops.push(() => this.#element.removeEventListener(name, listener));
  }

  #down(event: PointerEvent): void {
    const { kit } = this.#easel;
    // A magnified picture below is drawn on, and not dragged.
    if (this.#easel.isFixed) event.preventDefault();
    this.#element.focus({ preventScroll: true });
    if (event.pointerType === "pen") kit.hasPen.value = true;
    if (event.pointerType === "touch") {
      this.#fingers.set(event.pointerId, this.#pixel(event));
      if (this.#fingers.size === 2) return this.#beginPinch();
      if (this.#fingers.size > 2) return;
    }
    if (this.#action !== null || this.#panFrom !== null) return;
    try {
      this.#element.setPointerCapture(event.pointerId);
    } catch {
      // A pointer that is gone already cannot be held; its end has come or will not.
    }
    this.#pointer = event.pointerId;
    const isPalm = event.pointerType === "touch" && kit.hasPen.value;
    const pans = kit.tool.value === "hand" || event.button === 1 || this.isSpaceHeld || isPalm;
    if (pans) this.#panFrom = this.#pixel(event);
    else if (event.button === 0) {
      this.#action = beginAction(this.#easel, kit.tool.value, this.#sample(event));
    }
  }

  #move(event: PointerEvent): void {
    if (this.#fingers.has(event.pointerId)) {
      this.#fingers.set(event.pointerId, this.#pixel(event));
      if (this.#pinch !== null) return this.#movePinch();
    }
    if (event.pointerId !== this.#pointer) {
      if (this.#pointer === null) this.#easel.pointTo(this.#sample(event), false);
      return;
    }
    if (this.#panFrom !== null) {
      const at = this.#pixel(event);
      this.#easel.pan(at.x - this.#panFrom.x, at.y - this.#panFrom.y);
      this.#panFrom = at;
      return;
    }
    const events = event.getCoalescedEvents?.() ?? [];
    this.#action?.move((events.length > 0 ? events : [event]).map((one) => this.#sample(one)));
  }

  #up(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    if (this.#fingers.size < 2) this.#pinch = null;
    if (event.pointerId === this.#pointer) this.#end(false);
  }

  #cancel(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    this.#pinch = null;
    if (event.pointerId === this.#pointer) this.#end(true);
  }

  #end(isCancelled: boolean): void {
    const action = this.#action;
    this.#action = null;
    this.#pointer = null;
    this.#panFrom = null;
    if (isCancelled) action?.cancel();
    else action?.end();
  }

  /** The second finger says that the first one did not mean to draw. */
  #beginPinch(): void {
    this.#end(true);
    this.#pinch = this.#pinchNow();
  }

  #movePinch(): void {
    const before = this.#pinch;
    const now = this.#pinchNow();
    if (before === null || now === null) return;
    this.#easel.zoom(now.distance / before.distance, now.middle);
    this.#easel.pan(now.middle.x - before.middle.x, now.middle.y - before.middle.y);
    this.#pinch = now;
  }

  #pinchNow(): Pinch | null {
    const [a, b] = [...this.#fingers.values()];
    if (a === undefined || b === undefined) return null;
    return {
      distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
      middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    };
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      this.#easel.zoom(Math.exp(-event.deltaY * unit * 0.004), this.#pixel(event));
    } else this.#easel.pan(-event.deltaX * unit, -event.deltaY * unit);
  }

  #pixel(event: MouseEvent): Point {
    const box = this.#element.getBoundingClientRect();
    // Over a picture that is zoomed the element is larger on the screen than it knows.
    const ratio = box.width > 0 ? this.#element.clientWidth / box.width : 1;
    return { x: (event.clientX - box.left) * ratio, y: (event.clientY - box.top) * ratio };
  }

  #sample(event: PointerEvent): Sample {
    const at = toUnits(this.#easel.view.value, this.#pixel(event));
    const { width, height } = this.#easel.space;
    return {
      x: Math.min(width, Math.max(0, at.x)),
      y: Math.min(height, Math.max(0, at.y)),
      pressure: event.pressure,
      isPen: event.pointerType === "pen",
      shift: event.shiftKey,
    };
  }
}
