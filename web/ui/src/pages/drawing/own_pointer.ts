/** Where oneself points: told to others now and then, and the trail of one's own laser. */

import { TRAIL_MS } from "./drafts";
import type { Easel } from "./easel";
import type { Point } from "./space";

const EVERY_MS = 80;

export class OwnPointer {
  trail: { readonly at: Point; readonly ms: number }[] = [];
  #toldMs = 0;
  #isTold = false;
  #late: ReturnType<typeof setTimeout> | undefined;

  pointTo(easel: Easel, at: Point, isLaser: boolean): void {
    if (!easel.port.mayDraw()) return;
    const nowMs = performance.now();
    if (isLaser) {
      this.trail = [...this.trail.filter((old) => nowMs - old.ms < TRAIL_MS), { at, ms: nowMs }];
      easel.repaint();
    }
    clearTimeout(this.#late);
    const waitMs = this.#toldMs + EVERY_MS - nowMs;
    if (waitMs > 0) {
      this.#late = setTimeout(() => this.#tell(easel, at, isLaser), waitMs);
    } else this.#tell(easel, at, isLaser);
  }

  pointAway(easel: Easel): void {
    clearTimeout(this.#late);
    if (!this.#isTold) return;
    this.#isTold = false;
    const { port } = easel;
    port.signal({ type: "cursor", surface: port.surface, x: 0, y: 0, is_gone: true });
  }

  #tell(easel: Easel, at: Point, isLaser: boolean): void {
    this.#toldMs = performance.now();
    this.#isTold = true;
    const { port, space } = easel;
    port.signal({
      type: "cursor",
      surface: port.surface,
      x: Math.round(at.x),
      y: Math.round(at.y / space.yScale),
      is_laser: isLaser,
    });
  }
}
