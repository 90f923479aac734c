import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Question, QuestionStatus } from "../../../client/plugins/questions";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { AnswerDialog } from "./answer_dialog";
import { AssignDialog } from "./assign_dialog";
import { MergeDialog } from "./merge_dialog";
import { act } from "./question_desk";
import { texts } from "./texts";

type DialogName = "answer" | "merge" | "assign";
type Step = { readonly dialog: DialogName } | { readonly request: string };

interface Choice {
  readonly testId: string;
  readonly label: () => string;
  readonly step: Step;
}

const ANSWER: Choice = {
  testId: "answer-text",
  label: () => texts("answer_text"),
  step: { dialog: "answer" },
};
const EDIT: Choice = { ...ANSWER, label: () => texts("answer_edit") };
const MERGE: Choice = {
  testId: "merge",
  label: () => texts("merge"),
  step: { dialog: "merge" },
};
const ASSIGN: Choice = {
  testId: "assign",
  label: () => texts("assign"),
  step: { dialog: "assign" },
};
const DISMISS: Choice = {
  testId: "dismiss",
  label: () => texts("dismiss"),
  step: { request: "dismiss" },
};
const REOPEN: Choice = {
  testId: "reopen",
  label: () => texts("reopen"),
  step: { request: "reopen" },
};
const ANSWER_NOW: Choice = {
  testId: "answer-now",
  label: () => texts("answer_now"),
  step: { request: "answer_now" },
};
const PUBLISH: Choice = {
  testId: "publish",
  label: () => texts("publish"),
  step: { request: "publish" },
};
const DONE: Choice = { testId: "done", label: () => texts("done"), step: { request: "done" } };

/** What one does with a question most, and behind it the rest. */
const CHOICES: Readonly<Record<QuestionStatus, readonly Choice[]>> = {
  open: [ANSWER_NOW, ANSWER, MERGE, ASSIGN, DISMISS],
  waiting: [PUBLISH, ANSWER_NOW, ANSWER, MERGE, ASSIGN, DISMISS],
  answering: [DONE, REOPEN],
  answered: [REOPEN, EDIT],
  dismissed: [REOPEN],
  withdrawn: [],
  merged: [],
};

export function HostActions({ call, question }: { call: Call; question: Question }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [first, ...rest] = CHOICES[question.status];
  const { number } = question;
  const take = ({ step }: Choice): void => {
    setOpen(false);
    if ("dialog" in step) setDialog(step.dialog);
    else void act(call, step.request, number);
  };
  const close = (): void => setDialog(null);
  return (
    <div class="question-actions">
      {first !== undefined && <ChoiceButton choice={first} onTake={take} />}
      {rest.length > 0 && (
        <button
          type="button"
          class="icon-button"
          data-testid="question-more"
          aria-expanded={isOpen}
          aria-label={texts("more", { number })}
          title={texts("more", { number })}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="more" size={20} />
        </button>
      )}
      {isOpen && (
        <div class="question-choices">
          {rest.map((choice) => (
            <ChoiceButton key={choice.testId} choice={choice} onTake={take} />
          ))}
        </div>
      )}
      {dialog === "answer" && <AnswerDialog call={call} question={question} onClose={close} />}
      {dialog === "merge" && <MergeDialog call={call} question={question} onClose={close} />}
      {dialog === "assign" && <AssignDialog call={call} question={question} onClose={close} />}
    </div>
  );
}

function ChoiceButton({
  choice,
  onTake,
}: {
  choice: Choice;
  onTake: (choice: Choice) => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="secondary-button small"
      data-testid={choice.testId}
      onClick={() => onTake(choice)}
    >
      {choice.label()}
    </button>
  );
}
