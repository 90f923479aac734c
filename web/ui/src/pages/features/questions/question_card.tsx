import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Question } from "../../../client/plugins/questions";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { formatSpan } from "../../state/session_clock";
import { HostActions } from "./host_actions";
import { act, deskOf } from "./question_desk";
import { texts } from "./texts";

export function QuestionCard({ call, question }: { call: Call; question: Question }): JSX.Element {
  const desk = deskOf(call);
  const { number, status } = question;
  const isMine = desk.state.mine.includes(number);
  const mayWithdraw = isMine && (status === "open" || status === "waiting");
  return (
    <li class={`question question-${status}`} data-testid="question" data-number={number}>
      <VoteButton call={call} question={question} isMine={isMine} />
      <div class="question-main">
        <p class="question-text">{question.text}</p>
        <p class="hint question-facts">
          <span>{authorOf(question, isMine)}</span>
          <span>{texts("asked_at", { time: formatSpan(question.atUs) })}</span>
          {question.assignee !== "" && (
            <span class="question-assignee">
              {texts("assigned_to", { name: question.assignee })}
            </span>
          )}
          <StatusNote question={question} runsRoom={desk.runsRoom} />
        </p>
        {question.answer !== "" && (
          <p class="question-answer" data-testid="question-answer">
            {question.answer}
          </p>
        )}
        {mayWithdraw && (
          <button
            type="button"
            class="text-button question-withdraw"
            data-testid="withdraw"
            aria-label={texts("withdraw_name", { number })}
            onClick={() => void act(call, "withdraw", number)}
          >
            {texts("withdraw")}
          </button>
        )}
        {desk.mayAnswer && <HostActions call={call} question={question} />}
      </div>
    </li>
  );
}

/** The count, which is also the button; it can be pressed while the question is open. */
function VoteButton({
  call,
  question,
  isMine,
}: {
  call: Call;
  question: Question;
  isMine: boolean;
}): JSX.Element | null {
  const [isBusy, setBusy] = useState(false);
  const desk = deskOf(call);
  const { number, votes, status } = question;
  const hasVoted = isMine || desk.state.votes.has(number);
  const isOpen = status === "open" || status === "answering";
  if (status === "merged" || status === "withdrawn" || status === "dismissed")
    return <span class="vote vote-none" aria-hidden="true" />;
  if (!isOpen || isMine || !desk.mayAsk) {
    return (
      <span class={hasVoted ? "vote vote-fixed voted" : "vote vote-fixed"}>
        <Icon name="vote" size={18} />
        <span aria-hidden="true">{votes}</span>
        <span class="visually-hidden">{texts(isMine ? "own_votes" : "votes", { votes })}</span>
      </span>
    );
  }
  const press = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    await act(call, hasVoted ? "take_back_vote" : "vote", number);
    setBusy(false);
  };
  return (
    <button
      type="button"
      class={hasVoted ? "vote voted" : "vote"}
      data-testid="vote"
      aria-pressed={hasVoted}
      aria-busy={isBusy}
      aria-label={texts(hasVoted ? "unvote" : "vote", { number, votes })}
      onClick={() => void press()}
    >
      <Icon name="vote" size={18} />
      <span>{votes}</span>
    </button>
  );
}

function StatusNote({
  question,
  runsRoom,
}: {
  question: Question;
  runsRoom: boolean;
}): JSX.Element | null {
  const { status, answeringAtUs, answeredAtUs } = question;
  if (status === "open") return null;
  if (status === "answered") {
    const isAloud = answeringAtUs > 0;
    const time = formatSpan(isAloud ? answeringAtUs : answeredAtUs);
    return <span>{texts(isAloud ? "answered_aloud" : "answered_at", { time })}</span>;
  }
  const key = status === "waiting" && runsRoom ? "waiting_host" : status;
  return <span class="question-status">{texts(`status_${key}`)}</span>;
}

export function authorOf(question: Question, isMine: boolean): string {
  const name = question.name === "" ? texts("anonymous") : question.name;
  return isMine ? `${name} (${texts("you")})` : name;
}
