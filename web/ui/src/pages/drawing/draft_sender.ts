/** Tells others what is being drawn, in batches: well below the 50 messages a second of a client. */

import type { Item } from "../../client/plugins/drawing_item";
import { bodyOfItem } from "../../client/plugins/drawing_item";
import type { Easel } from "./easel";

const BATCH_MS = 40;

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

  /** Asks for the batch when it goes: an item whose points follow the `start` first ones. */
  send(batch: () => { readonly item: Item; readonly start: number }): void {
    if (this.#timer !== undefined) return;
    const nowMs = performance.now();
    this.#nextMs = Math.max(nowMs, this.#nextMs);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#hasSent = true;
      this.#nextMs += BATCH_MS;
      const { port } = this.#easel;
      const { item, start } = batch();
      port.signal({
        type: "draft",
        surface: port.surface,
        draft: this.#draft,
        start,
        item: bodyOfItem(item),
      });
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
