/** Tells others what is being done, in batches: well below the 50 messages a second of a client. */

import type { Frame, Item } from "../../client/plugins/drawing_item";
import { bodyOfItem } from "../../client/plugins/drawing_item";
import type { Easel } from "./easel";

const BATCH_MS = 40;

/** What is being drawn: an item whose points follow the `start` first ones. */
export interface DrawnPart {
  readonly item: Item;
  readonly start: number;
}

/** What is being moved. */
export interface MovedPart {
  readonly numbers: readonly number[];
  readonly frame: Frame;
}

export class DraftSender {
  readonly #easel: Easel;
  readonly #draft: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasSent = false;
  #nextMs = -Infinity;

  constructor(easel: Easel, draft: number) {
    this.#easel = easel;
    this.#draft = draft;
  }

  /** Asks for the batch when it goes. */
  send(batch: () => DrawnPart | MovedPart): void {
    if (this.#timer !== undefined) return;
    const nowMs = performance.now();
    this.#nextMs = Math.max(nowMs, this.#nextMs);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#hasSent = true;
      this.#nextMs += BATCH_MS;
      const { port } = this.#easel;
      port.signal({ surface: port.surface, draft: this.#draft, ...bodyOf(batch()) });
    }, this.#nextMs - nowMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** It will not be finished. */
  drop(): void {
    this.stop();
    const { port } = this.#easel;
    if (this.#hasSent) {
      port.signal({ type: "drop_draft", surface: port.surface, draft: this.#draft });
    }
  }
}

function bodyOf(part: DrawnPart | MovedPart): { type: string } & Readonly<Record<string, unknown>> {
  if ("item" in part) return { type: "draft", start: part.start, item: bodyOfItem(part.item) };
  return { type: "transforming", ...part };
}
