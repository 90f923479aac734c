import { signal } from "@preact/signals";

import type { Room } from "../../../client";
import type { Question } from "../../../client/plugins/question";
import { foundPageOf } from "../../../client/plugins/question";
import { questionsFold } from "../../../client/plugins/questions";

export const PLACES = ["open", "assigned", "answered", "dismissed"] as const;
export type Place = (typeof PLACES)[number];

const WAIT_FOR_TYPING_MS = 250;
const WAIT_FOR_ANSWER_MS = 6_000;

/** Looks through all questions of a session on the server, page by page. */
export class QuestionSearch {
  readonly text = signal("");
  readonly place = signal<Place>("open");
  readonly found = signal<readonly Question[] | null>(null);
  readonly total = signal(0);
  readonly hasFailed = signal(false);
  readonly #room: Room;
  #query = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(room: Room) {
    this.#room = room;
    room.plugin(questionsFold).onSignal(({ event, body }) => {
      if (event === "found") this.#take(body);
    });
  }

  setText(text: string): void {
    this.text.value = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.run(), WAIT_FOR_TYPING_MS);
  }

  setPlace(place: Place): void {
    this.place.value = place;
    this.found.value = null;
    this.run();
  }

  /** Asks for the first page anew; what an older query brings is passed over. */
  run(): void {
    this.#ask(0);
  }

  more(): void {
    this.#ask(this.found.value?.length ?? 0);
  }

  #ask(offset: number): void {
    clearTimeout(this.#timer);
    this.#query += 1;
    const query = this.#query;
    this.hasFailed.value = false;
    const fail = (): void => {
      if (query === this.#query) this.hasFailed.value = true;
    };
    // A signal may be lost, and nothing tells of it.
    this.#timer = setTimeout(fail, WAIT_FOR_ANSWER_MS);
    const body = { text: this.text.value.slice(0, 100), shown: this.place.value, offset };
    this.#room
      .plugin(questionsFold)
      .request({ type: "find", query, ...body })
      .catch(fail);
  }

  #take(body: unknown): void {
    const page = foundPageOf(body);
    if (page.query !== this.#query) return;
    clearTimeout(this.#timer);
    const before = page.offset === 0 ? [] : (this.found.value ?? []);
    this.found.value = [...before, ...page.questions];
    this.total.value = page.total;
  }
}
