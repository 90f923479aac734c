import type { JSX } from "preact";

import type { Question } from "../../../client/plugins/questions";
import { listed } from "../../../client/plugins/questions";
import { Panel } from "../../panel/panel";
import type { Call } from "../../state/call";
import type { PanelProps } from "../feature";
import { AskForm } from "./ask_form";
import { FindList } from "./find_list";
import { QuestionCard } from "./question_card";
import type { ListName, QuestionDesk } from "./question_desk";
import { deskOf } from "./question_desk";
import { SettingsFold } from "./settings_fold";
import { texts } from "./texts";

export function QuestionPanel({ call, onClose }: PanelProps): JSX.Element {
  const desk = deskOf(call);
  void call.room; // Drawn again when anything in the room changes.
  return (
    <Panel
      title={texts("title")}
      note={texts("note", { count: desk.openTotal })}
      testId="questions-panel"
      onClose={onClose}
    >
      <Tabs desk={desk} />
      {desk.list.value === "find" ? (
        <FindList call={call} />
      ) : (
        <div class="questions-body">
          {desk.list.value === "open" && <OrderBar desk={desk} />}
          <QuestionList call={call} questions={questionsOf(desk)} />
          {desk.runsRoom && desk.list.value === "waiting" && <SettingsFold call={call} />}
        </div>
      )}
      {desk.mayAsk && !desk.runsRoom && <AskForm call={call} />}
    </Panel>
  );
}

function Tabs({ desk }: { desk: QuestionDesk }): JSX.Element {
  const names: ListName[] = desk.runsRoom
    ? ["open", "waiting", "answered", "find"]
    : ["open", "answered", "mine"];
  const { state } = desk;
  const counts: Partial<Record<ListName, number>> = {
    waiting: state.waitingTotal,
    answered: state.answeredTotal,
  };
  return (
    <div class="questions-tabs" role="group" aria-label={texts("lists")}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          class="questions-tab"
          data-testid={`questions-${name}`}
          aria-pressed={desk.list.value === name}
          onClick={() => (desk.list.value = name)}
        >
          {texts(`list_${name}`)}
          {(counts[name] ?? 0) > 0 && <span class="questions-count">{counts[name]}</span>}
        </button>
      ))}
    </div>
  );
}

function OrderBar({ desk }: { desk: QuestionDesk }): JSX.Element {
  return (
    <div class="questions-order" role="group" aria-label={texts("order")}>
      {(["votes", "time"] as const).map((order) => (
        <button
          key={order}
          type="button"
          class="quiet-button"
          data-testid={`order-${order}`}
          data-on={desk.order.value === order}
          aria-pressed={desk.order.value === order}
          onClick={() => (desk.order.value = order)}
        >
          {texts(`by_${order}`)}
        </button>
      ))}
    </div>
  );
}

function QuestionList({
  call,
  questions,
}: {
  call: Call;
  questions: readonly Question[];
}): JSX.Element {
  const desk = deskOf(call);
  const list = desk.list.value;
  const { openTotal } = desk;
  if (questions.length === 0) return <p class="questions-empty hint">{emptyText(desk)}</p>;
  return (
    <>
      <ul class="questions-list">
        {questions.map((question) => (
          <QuestionCard key={question.number} call={call} question={question} />
        ))}
      </ul>
      {list === "open" && openTotal > questions.length && (
        <p class="hint questions-more">{texts("more_open", { count: openTotal })}</p>
      )}
    </>
  );
}

function emptyText(desk: QuestionDesk): string {
  const list = desk.list.value;
  if (list === "open" && (desk.runsRoom || !desk.mayAsk)) return texts("empty_open_quiet");
  return texts(`empty_${list}`);
}

/** What the chosen list has. What is being answered is shown above the stage instead. */
function questionsOf(desk: QuestionDesk): readonly Question[] {
  const { state } = desk;
  const find = (numbers: readonly number[]): Question[] =>
    numbers.map((number) => state.known.get(number)).filter((known) => known !== undefined);
  switch (desk.list.value) {
    case "answered":
      return find(state.answered).reverse();
    case "mine":
      return find(state.mine).reverse();
    case "waiting":
      return listed(state, state.desk, "time").filter(({ status }) => status === "waiting");
    default: {
      const numbers = desk.runsRoom ? state.desk : withOwn(state.board, state.mine);
      return listed(state, numbers, desk.order.value).filter(({ status }) => status === "open");
    }
  }
}

/** One's own question stands in the list at once, before the board has it. */
function withOwn(board: readonly number[], mine: readonly number[]): number[] {
  return [...new Set([...board, ...mine])];
}
