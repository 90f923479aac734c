/** Questions and answers as one participant sees them: what is listed, what is one's own, the votes. */

import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";
import type { EntryInfo } from "../protocol";
import { listOf, numbersOf } from "./body_lists";
import type { Question } from "./question";
import { questionOf, statusOf } from "./question";

export type { Question, QuestionStatus } from "./question";

export interface QuestionsState {
  readonly isModerated: boolean;
  readonly allowsAnonymous: boolean;
  readonly known: ReadonlyMap<number, Question>;
  readonly board: readonly number[];
  /** For hosts: all that has no answer, published or not. */
  readonly desk: readonly number[];
  /** The latest, newest last. */
  readonly answered: readonly number[];
  readonly mine: readonly number[];
  readonly votes: ReadonlySet<number>;
  /** What is being answered aloud; 0: nothing. */
  readonly answering: number;
  readonly openTotal: number;
  readonly answeredTotal: number;
  /** Told to hosts. */
  readonly waitingTotal: number;
}

const KEPT_ANSWERED = 20;
const KEPT_MINE = 30;

export const questionsFold: PluginFold<QuestionsState> = {
  name: "questions",
  load(view) {
    const fields = fieldsOf(view);
    const settings = fieldsOf(fields["settings"]);
    const questions = listOf(fields["questions"]).map(questionOf);
    const state = {
      isModerated: settings["moderated"] === true,
      allowsAnonymous: settings["anonymous"] === true,
      known: new Map(questions.map((question) => [question.number, question])),
      board: numbersOf(fields["board"]),
      desk: numbersOf(fields["desk"]),
      answered: numbersOf(fields["answered"]),
      mine: numbersOf(fields["mine"]),
      votes: new Set(numbersOf(fields["votes"])),
      answering: numberOf(fields["answering"]),
      openTotal: 0,
      answeredTotal: 0,
      waitingTotal: 0,
    };
    return summarize(state, fields["counts"]);
  },
  apply,
  summarize,
};

/** A list in the order in which it is shown, without what is not open any more. */
export function listed(
  state: QuestionsState,
  numbers: readonly number[],
  order: "votes" | "time",
): Question[] {
  const questions = numbers
    .map((number) => state.known.get(number))
    .filter((question) => question !== undefined)
    .filter(({ status }) => status === "open" || status === "waiting");
  return questions.sort((a, b) =>
    order === "votes" ? b.votes - a.votes || a.number - b.number : b.number - a.number,
  );
}

function apply(state: QuestionsState, entry: EntryInfo): QuestionsState {
  const body = fieldsOf(entry.body);
  const number = numberOf(body["number"]);
  switch (entry.kind) {
    case "questions.asked": {
      const asked = questionOf({ ...body, at_us: entry.at_us, votes: 1 });
      return { ...withQuestion(state, asked), mine: added(state.mine, number, KEPT_MINE) };
    }
    case "questions.voted":
      return vote(state, number, true);
    case "questions.vote_taken_back":
      return vote(state, number, false);
    case "questions.published":
      return changed(state, number, { status: "open" });
    case "questions.withdrawn":
      return changed(state, number, { status: "withdrawn" });
    case "questions.dismissed":
      return over(changed(state, number, { status: "dismissed" }), number);
    case "questions.reopened":
      return over(
        changed(state, number, {
          status: statusOf(body["status"]),
          answeringAtUs: 0,
          answeredAtUs: 0,
        }),
        number,
      );
    case "questions.merged":
      return merge(state, number, numberOf(body["into"]));
    case "questions.answering": {
      const question = questionOf(body["question"]);
      return { ...retold(state, question), answering: question.number };
    }
    case "questions.answered": {
      const question = questionOf(body["question"]);
      const told = over(retold(state, question), question.number);
      return { ...told, answered: added(told.answered, question.number, KEPT_ANSWERED) };
    }
    case "questions.assigned":
      return changed(state, number, {
        assignee: textOf(body["name"]) ?? "",
        assigneeIdentity: textOf(body["identity"]) ?? "",
      });
    case "questions.board":
      return pruned({ ...entering(state, body["entered"]), board: numbersOf(body["shown"]) });
    case "questions.desk":
      return pruned({ ...entering(state, body["entered"]), desk: numbersOf(body["shown"]) });
    case "questions.settings_changed":
      return {
        ...state,
        isModerated: body["moderated"] === true,
        allowsAnonymous: body["anonymous"] === true,
      };
    default:
      return state;
  }
}

function summarize(state: QuestionsState, body: unknown): QuestionsState {
  const fields = fieldsOf(body);
  const known = new Map(state.known);
  for (const pair of listOf(fields["votes"])) {
    const [number = 0, votes = 0] = numbersOf(pair);
    const question = known.get(number);
    if (question !== undefined) known.set(number, { ...question, votes });
  }
  return {
    ...state,
    known,
    openTotal: numberOf(fields["open"]),
    answeredTotal: numberOf(fields["answered"]),
    waitingTotal: numberOf(fields["waiting"]),
  };
}

/** One's own vote counts at once; the next summary has it, too. */
function vote(state: QuestionsState, number: number, isFor: boolean): QuestionsState {
  if (state.votes.has(number) === isFor) return state;
  const votes = new Set(state.votes);
  if (isFor) votes.add(number);
  else votes.delete(number);
  const count = state.known.get(number)?.votes ?? 0;
  return { ...changed(state, number, { votes: Math.max(0, count + (isFor ? 1 : -1)) }), votes };
}

/** One's vote goes with the question; who has asked it votes for the other now. */
function merge(state: QuestionsState, number: number, into: number): QuestionsState {
  const votes = new Set(state.votes);
  const had = votes.delete(number) || state.mine.includes(number);
  if (had && !state.mine.includes(into)) votes.add(into);
  const gone = state.known.get(number);
  const kept = state.known.get(into);
  const opens = kept?.status === "waiting" && gone?.status === "open";
  const merged = changed({ ...state, votes }, number, { status: "merged", votes: 0 });
  return opens ? changed(merged, into, { status: "open" }) : merged;
}

function changed(
  state: QuestionsState,
  number: number,
  changes: Partial<Question>,
): QuestionsState {
  const question = state.known.get(number);
  return question === undefined ? state : withQuestion(state, { ...question, ...changes });
}

/** What is told to all leaves out what hosts know of it. */
function retold(state: QuestionsState, question: Question): QuestionsState {
  const { assignee = "", assigneeIdentity = "" } = state.known.get(question.number) ?? {};
  return withQuestion(state, { ...question, assignee, assigneeIdentity });
}

function withQuestion(state: QuestionsState, question: Question): QuestionsState {
  return { ...state, known: new Map(state.known).set(question.number, question) };
}

function entering(state: QuestionsState, entered: unknown): QuestionsState {
  const known = new Map(state.known);
  for (const value of listOf(entered)) {
    const question = questionOf(value);
    const before = known.get(question.number);
    // The board tells it to all: a host's page knows more of it, and has it already.
    known.set(question.number, { ...question, ...assignment(before ?? question) });
  }
  return { ...state, known };
}

function assignment({ assignee, assigneeIdentity }: Question): Partial<Question> {
  return { assignee, assigneeIdentity };
}

/** It is neither being answered nor answered. */
function over(state: QuestionsState, number: number): QuestionsState {
  return {
    ...state,
    answering: state.answering === number ? 0 : state.answering,
    answered: state.answered.filter((other) => other !== number),
  };
}

/** A page that is open all day keeps only what some list names. */
function pruned(state: QuestionsState): QuestionsState {
  const { board, desk, answered, mine, answering } = state;
  const named = new Set([...board, ...desk, ...answered, ...mine, answering]);
  const known = new Map([...state.known].filter(([number]) => named.has(number)));
  return { ...state, known };
}

function added(numbers: readonly number[], number: number, most: number): readonly number[] {
  return [...numbers.filter((other) => other !== number), number].slice(-most);
}
