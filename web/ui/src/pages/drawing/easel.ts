/** One surface before one person: what stands on it, what is under his hand, and where he looks. */

import { signal } from "@preact/signals";

import type { PluginBody } from "../../client";
import type { DrawingState } from "../../client/plugins/drawing";
import type { Item, Placed } from "../../client/plugins/drawing_item";
import { bodyOfItem } from "../../client/plugins/drawing_item";
import { encodePoints } from "../../client/plugins/drawing_points";
import type { Surface } from "../../client/plugins/drawing_surface";
import { EMPTY_SURFACE, itemAt, itemsOf } from "../../client/plugins/drawing_surface";
import type { Drafts } from "./drafts";
import type { Kit } from "./kit";
import type { Layers } from "./layers";
import { OwnPointer } from "./own_pointer";
import type { Context, Pictures } from "./painter";
import type { Shape } from "./shape";
import { cornersOf, isHit, madeShape, shapeOf } from "./shape";
import type { Box, Point, Size, Space, View } from "./space";
import { fittedView, heldInSight, unionOf, zoomedAt } from "./space";

/** What an easel needs of the plugin behind it. */
export interface DrawingPort {
  readonly surface: string;
  drawing(): DrawingState;
  /** Calls back after each change of what is drawn. Returns how to stop it. */
  readonly onChange: (listener: () => void) => () => void;
  /** Carries a request out and says so if it is refused; resolves to whether it was done. */
  request(body: PluginBody): Promise<boolean>;
  signal(body: PluginBody): void;
  mayDraw(): boolean;
  mayEdit(placed: Placed): boolean;
  ownId(): string;
}

/** Words that are being written: new ones, or those of an item. */
export interface Writing {
  readonly kind: "text" | "note";
  readonly at: Point;
  readonly size: Size;
  /** The item whose words they are; null: new ones. */
  readonly number: number | null;
  readonly text: string;
  readonly letters: number;
  readonly ink: number;
}

/** Paints what a hand is doing. */
export type Preview = (context: Context, pictures: Pictures) => void;

const NOTHING: ReadonlySet<number> = new Set();

export class Easel {
  readonly selection = signal<ReadonlySet<number>>(NOTHING);
  readonly writing = signal<Writing | null>(null);
  readonly view = signal<View>({ scale: 1, left: 0, top: 0 });
  readonly port: DrawingPort;
  readonly kit: Kit;
  readonly drafts: Drafts;
  space: Space;
  layers: Layers | null = null;
  hidden: ReadonlySet<number> = NOTHING;
  /** Paints what is under one's own hand. */
  preview: Preview | null = null;
  /** Of one's own: finished, but not confirmed by the server. By the draft's key. */
  readonly unconfirmed = new Map<number, Shape>();
  readonly pointer = new OwnPointer();
  screen: Size = { width: 0, height: 0 };

  /** The picture below moves and zooms by itself: the surface just fills it. */
  readonly isFixed: boolean;

  constructor(
    port: DrawingPort,
    kit: Kit,
    space: Space,
    drafts: Drafts,
    { isFixed = false }: { isFixed?: boolean } = {},
  ) {
    this.isFixed = isFixed;
    this.port = port;
    this.kit = kit;
    this.space = space;
    this.drafts = drafts;
  }

  get surface(): Surface {
    return this.port.drawing().surfaces.get(this.port.surface) ?? EMPTY_SURFACE;
  }

  get least(): number {
    return fittedView(this.space, this.screen).scale;
  }

  get isZoomed(): boolean {
    return this.view.value.scale > this.least * 1.01;
  }

  fit(): void {
    this.#look(fittedView(this.space, this.screen));
  }

  zoom(factor: number, at?: Point): void {
    if (this.isFixed) return;
    const middle = { x: this.screen.width / 2, y: this.screen.height / 2 };
    this.#look(zoomedAt(this.view.value, factor, at ?? middle, this.least));
  }

  pan(dx: number, dy: number): void {
    if (this.isFixed) return;
    const { scale, left, top } = this.view.value;
    this.#look({ scale, left: left + dx, top: top + dy });
  }

  /** How many units a number of pixels is. */
  reach(pixels: number): number {
    return pixels / this.view.value.scale;
  }

  /** The topmost item under a point that one may change. */
  hitAt(at: Point, reach: number): Placed | null {
    let found: Placed | null = null;
    for (const placed of itemsOf(this.surface)) {
      if (this.hidden.has(placed.number) || !this.port.mayEdit(placed)) continue;
      if (isHit(shapeOf(placed.item, this.space), at, reach)) found = placed;
    }
    return found;
  }

  /** Opens the words under a point, if there are some that one may change. */
  rewriteAt(at: Point): void {
    const placed = this.hitAt(at, this.reach(8));
    const kind = placed?.item.kind;
    if (placed === null || (kind !== "text" && kind !== "note")) return;
    const shape = shapeOf(placed.item, this.space);
    const box = cornersOf(shape);
    const { ink, text } = placed.item;
    this.select([]);
    this.writing.value = {
      kind,
      at: { x: box.left, y: box.top },
      size: { width: box.right - box.left, height: box.bottom - box.top },
      number: placed.number,
      text,
      letters: shape.lineWidth,
      ink,
    };
  }

  selectedItems(): Placed[] {
    const { surface } = this;
    return [...this.selection.value].flatMap((number) => itemAt(surface, number) ?? []);
  }

  selectionBox(): Box | null {
    return unionOf(this.selectedItems().map((placed) => shapeOf(placed.item, this.space).box));
  }

  select(numbers: Iterable<number>): void {
    this.selection.value = new Set(numbers);
    this.repaint();
  }

  hide(numbers: Iterable<number>): void {
    this.hidden = new Set(numbers);
    this.refresh();
  }

  /** Coordinates of the surface's squares as they are stored. */
  stored(points: readonly number[]): Uint8Array {
    const { yScale } = this.space;
    return encodePoints(points.map((value, index) => (index % 2 === 0 ? value : value / yScale)));
  }

  /** Adds an item; it is seen at once, and stays only if the server takes it. */
  async add(
    item: Item,
    draft: number,
    points: Float32Array,
    removed: readonly number[] = [],
  ): Promise<boolean> {
    this.unconfirmed.set(draft, madeShape(item, points, this.space.yScale));
    this.repaint();
    const { surface } = this.port;
    const added = [bodyOfItem(item)];
    const done = await this.port.request({ type: "edit", surface, draft, added, removed });
    this.unconfirmed.delete(draft);
    this.repaint();
    return done;
  }

  async change(body: PluginBody): Promise<boolean> {
    return this.port.request({ surface: this.port.surface, ...body });
  }

  async removeSelected(): Promise<void> {
    const removed = [...this.selection.value];
    this.select([]);
    if (removed.length > 0) await this.change({ type: "edit", removed });
  }

  /** Numbers of what is not where it stands: one's own hand or another one has it. */
  get lifted(): ReadonlySet<number> {
    const { hidden } = this.drafts.moves;
    if (hidden.size === 0) return this.hidden;
    return this.hidden.size === 0 ? hidden : new Set([...this.hidden, ...hidden]);
  }

  /** Shows the surface as it is now. */
  refresh(): void {
    this.drafts.moves.settle(this.surface, performance.now());
    const gone = [...this.selection.value].filter(
      (number) => itemAt(this.surface, number) === undefined,
    );
    if (gone.length > 0) {
      this.selection.value = new Set([...this.selection.value].filter((n) => !gone.includes(n)));
    }
    const prefix = `${this.port.ownId()}/`;
    const finished = this.port.drawing().finishedDrafts;
    for (const key of this.unconfirmed.keys()) {
      if (finished.includes(prefix + String(key))) this.unconfirmed.delete(key);
    }
    this.onRefresh();
  }

  /** Shows others where one points; `isLaser`: with a trail, which one sees oneself as well. */
  pointTo(at: Point, isLaser: boolean): void {
    this.pointer.pointTo(this, at, isLaser);
  }

  pointAway(): void {
    this.pointer.pointAway(this);
  }

  /** Set by the view: puts the scene on the layers. */
  onRefresh: () => void = () => undefined;

  repaint(): void {
    this.layers?.paintMoving();
  }

  #look(view: View): void {
    this.view.value = heldInSight(view, this.space, this.screen);
    this.layers?.look(this.view.value);
  }
}

export function newDraftKey(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 1) || 1;
}
