/** What others are drawing and pointing at just now: told by signals, shown, and forgotten. */

import type { PluginSignalled } from "../../client";
import type { Item } from "../../client/plugins/drawing_item";
import { itemOf } from "../../client/plugins/drawing_item";
import { decodePoints } from "../../client/plugins/drawing_points";
import type { Surface } from "../../client/plugins/drawing_surface";
import { LiveInk } from "./live_ink";
import { Moves } from "./moves";
import type { Context, Pictures } from "./painter";
import { paintShape } from "./painter";
import { madeShape, placedPoints } from "./shape";
import type { Shape } from "./shape";
import type { Point } from "./space";

/** Longer than that nobody stands still in the middle of a stroke: its end was lost. */
const DRAFT_LIFE_MS = 8_000;
const CURSOR_LIFE_MS = 4_000;
export const TRAIL_MS = 900;

/** A stroke grows; all else is drawn anew with each message. */
interface Draft {
  readonly thing: LiveInk | Shape;
  readonly touchedMs: number;
}

export interface Cursor {
  readonly participantId: string;
  readonly at: Point;
  readonly isLaser: boolean;
  readonly trail: readonly { readonly at: Point; readonly ms: number }[];
  readonly touchedMs: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** One surface's drafts and cursors. */
export class Drafts {
  readonly moves = new Moves();
  readonly #drafts = new Map<string, Draft>();
  readonly #cursors = new Map<string, Cursor>();
  readonly #surface: string;
  readonly #yScale: () => number;
  /** With which the strokes were made. */
  #inkScale = 1;

  constructor(surface: string, yScale: () => number) {
    this.#surface = surface;
    this.#yScale = yScale;
  }

  /** Returns whether there is something else to show; `standing` is what stands on the surface. */
  handle(signal: PluginSignalled, standing: Surface, nowMs: number): boolean {
    const body = (signal.body ?? {}) as Fields;
    if (body["surface"] !== this.#surface || signal.author === null) return false;
    const key = `${signal.author}/${String(body["draft"])}`;
    switch (signal.event) {
      case "draft":
        return this.#extend(key, body, nowMs);
      case "transforming":
        this.moves.follow(key, body, standing, nowMs);
        return true;
      case "drop_draft":
        return this.#drafts.delete(key) || this.moves.drop(key);
      case "cursor":
        return this.#point(signal.author, body, nowMs);
      default:
        return false;
    }
  }

  /** Takes away what has become items, and what is too old. */
  prune(finished: readonly string[], nowMs: number): void {
    for (const key of finished) this.#drafts.delete(key);
    for (const [key, draft] of this.#drafts) {
      if (nowMs - draft.touchedMs > DRAFT_LIFE_MS) this.#drafts.delete(key);
    }
    for (const [id, cursor] of this.#cursors) {
      if (nowMs - cursor.touchedMs > CURSOR_LIFE_MS) this.#cursors.delete(id);
    }
  }

  paint(context: Context, pictures: Pictures): void {
    this.#keepScale();
    for (const { thing } of this.#drafts.values()) {
      if (thing instanceof LiveInk) thing.paint(context);
      else paintShape(context, thing, pictures);
    }
  }

  cursors(): Cursor[] {
    return [...this.#cursors.values()];
  }

  get isEmpty(): boolean {
    return this.#drafts.size === 0 && this.#cursors.size === 0;
  }

  #extend(key: string, body: Fields, nowMs: number): boolean {
    const item = itemOf(body["item"]);
    if (item === null) return false;
    const start = typeof body["start"] === "number" ? body["start"] : 0;
    const points = decodePoints(item.points);
    if (points.length < 2) return false;
    this.#drafts.set(key, { thing: this.#grown(key, item, start, points), touchedMs: nowMs });
    return true;
  }

  #grown(key: string, item: Item, start: number, stored: Float32Array): LiveInk | Shape {
    if (item.kind !== "pen" && item.kind !== "highlighter") {
      return madeShape(item, stored, this.#yScale());
    }
    this.#keepScale();
    const known = this.#drafts.get(key)?.thing;
    const ink = known instanceof LiveInk ? known : new LiveInk(item);
    ink.extend(item, start, placedPoints(item, stored, this.#inkScale));
    return ink;
  }

  /** Over a picture that has another shape now, strokes go on where they began. */
  #keepScale(): void {
    const before = this.#inkScale;
    this.#inkScale = this.#yScale();
    if (before === this.#inkScale) return;
    for (const { thing } of this.#drafts.values()) {
      if (thing instanceof LiveInk) thing.stretch(this.#inkScale / before);
    }
  }

  #point(participantId: string, body: Fields, nowMs: number): boolean {
    if (body["is_gone"] === true) return this.#cursors.delete(participantId);
    const { x, y } = body;
    if (typeof x !== "number" || typeof y !== "number") return false;
    const at = { x, y: y * this.#yScale() };
    const isLaser = body["is_laser"] === true;
    const before = this.#cursors.get(participantId)?.trail ?? [];
    const trail = isLaser
      ? [...before.filter((old) => nowMs - old.ms < TRAIL_MS), { at, ms: nowMs }]
      : [];
    this.#cursors.set(participantId, { participantId, at, isLaser, trail, touchedMs: nowMs });
    return true;
  }
}
