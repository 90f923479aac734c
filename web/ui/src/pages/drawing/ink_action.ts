/** A stroke of pen or highlighter: seen at once, told in batches, simplified when it is finished. */

import type { Item } from "../../client/plugins/drawing_item";
import { newItem } from "../../client/plugins/drawing_item";
import type { Action, Sample } from "./actions";
import { DraftSender } from "./draft_sender";
import type { Easel } from "./easel";
import { newDraftKey } from "./easel";
import { LiveInk } from "./live_ink";
import { simplified } from "./path";

/** A stroke that is longer goes on as another one: the server's limit is 16 KiB. */
const MOST_POINTS = 3_000;
/** Half a unit of what a pixel of the eye is on a full screen. */
const FINEST = 5;

export class InkAction implements Action {
  readonly #easel: Easel;
  readonly #kind: "pen" | "highlighter";
  readonly #points: number[] = [];
  readonly #pressures: number[] = [];
  readonly #draft = newDraftKey();
  readonly #sender: DraftSender;
  readonly #live: LiveInk;
  readonly #ink: number;
  readonly #width: number;
  readonly #isPressed: boolean;
  #sent = 0;
  #next: InkAction | null = null;

  constructor(easel: Easel, kind: "pen" | "highlighter", start: Sample) {
    this.#easel = easel;
    this.#kind = kind;
    this.#ink = easel.kit.inkNow;
    this.#width = easel.kit.width;
    this.#isPressed = kind === "pen" && start.isPen;
    this.#sender = new DraftSender(easel, this.#draft);
    this.#live = new LiveInk(this.#item([], []));
    this.#add(start);
    easel.preview = (context) => this.#live.paint(context);
    easel.repaint();
  }

  move(samples: readonly Sample[]): void {
    if (this.#next !== null) return this.#next.move(samples);
    for (const sample of samples) this.#add(sample);
    this.#sender.send(() => this.#batch());
    this.#easel.repaint();
    const last = samples.at(-1);
    if (this.#points.length / 2 >= MOST_POINTS && last !== undefined) {
      this.#finish();
      this.#next = new InkAction(this.#easel, this.#kind, last);
    }
  }

  end(): void {
    if (this.#next !== null) return this.#next.end();
    this.#easel.preview = null;
    this.#finish();
  }

  cancel(): void {
    if (this.#next !== null) return this.#next.cancel();
    this.#easel.preview = null;
    this.#sender.drop();
    this.#easel.repaint();
  }

  /** The points that were not told yet. */
  #batch(): { item: Item; start: number } {
    const start = this.#sent;
    this.#sent = this.#points.length / 2;
    const item = this.#item(this.#points.slice(2 * start), this.#pressures.slice(start));
    return { item, start };
  }

  #add(sample: Sample): void {
    const least = this.#easel.reach(0.8);
    const [x, y] = this.#points.slice(-2);
    const isFirst = x === undefined || y === undefined;
    if (!isFirst && Math.hypot(sample.x - x, sample.y - y) < least) return;
    const pressures = this.#isPressed ? [Math.round(Math.min(1, sample.pressure) * 255)] : [];
    const point = Float32Array.of(sample.x, sample.y);
    this.#live.extend(this.#item([], pressures), this.#points.length / 2, point);
    this.#points.push(sample.x, sample.y);
    this.#pressures.push(...pressures);
  }

  #finish(): void {
    this.#sender.stop();
    const path = simplified(
      { points: this.#points, pressures: this.#pressures },
      Math.max(FINEST, this.#easel.reach(0.5)),
    );
    const item = this.#item(path.points, path.pressures);
    void this.#easel.add(item, this.#draft, this.#unscaled(path.points));
  }

  #item(points: readonly number[], pressures: readonly number[]): Item {
    return newItem(this.#kind, this.#easel.stored(points), {
      ink: this.#ink,
      width: this.#width,
      pressures: Uint8Array.from(pressures),
    });
  }

  #unscaled(points: readonly number[]): Float32Array {
    const { yScale } = this.#easel.space;
    return Float32Array.from(points, (value, index) => (index % 2 === 0 ? value : value / yScale));
  }
}
