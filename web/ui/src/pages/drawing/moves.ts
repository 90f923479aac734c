/** What others are moving and resizing just now: seen where their hands have it, until it is done. */

import type { Frame, Placed } from "../../client/plugins/drawing_item";
import { frameOf } from "../../client/plugins/drawing_item";
import type { Surface } from "../../client/plugins/drawing_surface";
import { itemAt } from "../../client/plugins/drawing_surface";

/** As many as a page tells of one selection, and the server passes on. */
export const MOST_LIVE = 200;
/** Nobody holds things for so long without a move: the end was lost. */
const MOVE_LIFE_MS = 8_000;
const NOTHING: ReadonlySet<number> = new Set();

export interface Move {
  readonly items: readonly Placed[];
  readonly frame: Frame;
  readonly touchedMs: number;
}

export class Moves {
  readonly #moves = new Map<string, Move>();
  #hidden: ReadonlySet<number> = NOTHING;

  /** The numbers of what is painted where hands have it; another set when that has changed. */
  get hidden(): ReadonlySet<number> {
    return this.#hidden;
  }

  list(): Iterable<Move> {
    return this.#moves.values();
  }

  /** Takes the body of a signal. The items are those that stood there when the move began. */
  follow(
    key: string,
    body: { readonly numbers?: unknown; readonly frame?: unknown },
    surface: Surface,
    nowMs: number,
  ): void {
    const known = this.#moves.get(key);
    const items = known?.items ?? itemsAt(body.numbers, surface);
    this.#moves.set(key, { items, frame: frameOf(body.frame), touchedMs: nowMs });
    if (known === undefined) this.#hide();
  }

  drop(key: string): boolean {
    const isDropped = this.#moves.delete(key);
    if (isDropped) this.#hide();
    return isDropped;
  }

  /** A move is over when one of its items is another one than at its start, or after long rest. */
  settle(surface: Surface, nowMs: number): void {
    for (const [key, { items, touchedMs }] of this.#moves) {
      const isDone = items.some((placed) => itemAt(surface, placed.number) !== placed);
      if (isDone || nowMs - touchedMs > MOVE_LIFE_MS) this.drop(key);
    }
  }

  #hide(): void {
    const items = [...this.#moves.values()].flatMap((move) => move.items);
    this.#hidden = items.length === 0 ? NOTHING : new Set(items.map((placed) => placed.number));
  }
}

function itemsAt(numbers: unknown, surface: Surface): Placed[] {
  if (!Array.isArray(numbers)) return [];
  return numbers
    .slice(0, MOST_LIVE)
    .flatMap((number) => (typeof number === "number" ? (itemAt(surface, number) ?? []) : []));
}
