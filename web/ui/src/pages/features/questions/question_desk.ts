import { signal } from "@preact/signals";

import type { Room } from "../../../client";
import type { QuestionsState } from "../../../client/plugins/questions";
import { questionsFold } from "../../../client/plugins/questions";
import { succeeds } from "../../state/attempts";
import type { Call } from "../../state/call";
import { QuestionSearch } from "./question_search";

export type ListName = "open" | "waiting" | "answered" | "mine" | "find";
export type Order = "votes" | "time";

/** What the server takes; it counts code points. */
export const MAX_QUESTION_CHARACTERS = 500;
export const MAX_ANSWER_CHARACTERS = 1000;

/** What one person has in hand with questions; it outlives the panel and a lost connection. */
export class QuestionDesk {
  readonly text = signal("");
  readonly isAnonymous = signal(false);
  readonly isSending = signal(false);
  readonly list = signal<ListName>("open");
  readonly order = signal<Order>("votes");
  readonly search: QuestionSearch;
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
    this.search = new QuestionSearch(room);
  }

  get state(): QuestionsState {
    return this.#room.plugin(questionsFold).state;
  }

  /** Open ones, without the one that stands above the stage. */
  get openTotal(): number {
    const { openTotal, answering } = this.state;
    return Math.max(0, openTotal - (answering === 0 ? 0 : 1));
  }

  /** May answer, and so publish, merge and put away. */
  get mayAnswer(): boolean {
    return this.#room.grants.canAnswer;
  }

  /** Is told of all questions, published or not. */
  get runsRoom(): boolean {
    const role = this.#room.self?.role;
    return this.mayAnswer && (role === "host" || role === "assistant");
  }

  get mayAsk(): boolean {
    return this.#room.grants.canAsk;
  }

  async request(body: { type: string; [field: string]: unknown }): Promise<void> {
    await this.#room.plugin(questionsFold).request(body);
    if (this.list.value === "find" && !body.type.includes("vote")) this.search.run();
  }
}

const desks = new WeakMap<Room, QuestionDesk>();

/** The desk of a call's room: the same one as long as the room. */
export function deskOf(call: Call): QuestionDesk {
  const { room } = call;
  let desk = desks.get(room);
  if (desk === undefined) {
    desk = new QuestionDesk(room);
    desks.set(room, desk);
  }
  return desk;
}

/** Do something with a question; returns whether it is done, and says so if it is not. */
export function act(
  call: Call,
  type: string,
  number: number,
  fields: object = {},
): Promise<boolean> {
  return succeeds(deskOf(call).request({ type, number, ...fields }));
}
