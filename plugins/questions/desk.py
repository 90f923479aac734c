"""What those may do who answer: publish, merge, answer, dismiss, assign, look through."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, assert_never

import msgspec

from ...engine.errors import RequestDenied
from ..api import HOSTS, RequestContext, only
from .messages import (
    Answer,
    AnsweringBody,
    AnswerNow,
    Assign,
    AssignedBody,
    ChangeSettings,
    DeskRequest,
    Dismiss,
    Done,
    Find,
    Merge,
    MergedBody,
    NumberBody,
    Publish,
    Reopen,
    ReopenedBody,
    Settings,
    Status,
)
from .search import find
from .state import LIVE, Question, QuestionsState

Context = RequestContext[QuestionsState]

MAX_ANSWER_CHARS: Final = 1_000
_PUT_BACK: Final[frozenset[Status]] = frozenset({"answering", "answered", "dismissed"})


async def handle_desk(context: Context, request: DeskRequest, settings: Settings) -> None:
    """Do what one asks who may answer.

    Raises:
        RequestDenied: As each of the functions below says; nothing was appended.
    """
    match request:
        case Merge(number=number, into=into):
            await _merge(context, number, into)
        case Answer(number=number, text=text):
            await _answer(context, number, text)
        case Assign():
            await _assign(context, request)
        case ChangeSettings():
            await _change_settings(context, request, settings)
        case Find():
            found = find(context.state, request, context.participant)
            context.signal("found", found, audience=only(context.participant.participant_id))
        case Publish() | AnswerNow() | Done() | Reopen() | Dismiss():
            await _STEPS[type(request)](context, request.number)
        case _:
            assert_never(request)


def known(state: QuestionsState, number: int) -> Question:
    """Return a question.

    Raises:
        RequestDenied: `questions.unknown`.
    """
    question = state.find(number)
    if question is None:
        raise RequestDenied("There is no such question.", code="questions.unknown")
    return question


def live(state: QuestionsState, number: int) -> Question:
    """Return a question that nobody has answered, dismissed, withdrawn or merged.

    Raises:
        RequestDenied: `questions.unknown`, `questions.closed`.
    """
    question = known(state, number)
    if question.status not in LIVE:
        raise closed(question)
    return question


def closed(question: Question) -> RequestDenied:
    return RequestDenied(f"The question is {question.status}.", code="questions.closed")


async def _publish(context: Context, number: int) -> None:
    if live(context.state, number).status == "waiting":
        await context.append("published", NumberBody(number=number))


async def _merge(context: Context, number: int, into: int) -> None:
    if number == into:
        raise RequestDenied("That is the same question.", code="questions.same")
    gone, kept = live(context.state, number), live(context.state, into)
    if gone.status == "answering":
        raise RequestDenied("It is being answered.", code="questions.being_answered")
    await context.append("merged", MergedBody(number=gone.number, into=kept.number))


async def _answer(context: Context, number: int, text: str) -> None:
    question = known(context.state, number)
    if question.status not in LIVE and question.status != "answered":
        raise closed(question)
    text = text.strip()
    if not text:
        raise RequestDenied("The answer is empty.", code="questions.empty")
    if len(text) > MAX_ANSWER_CHARS:
        raise RequestDenied(
            f"The answer has {len(text)} characters, at most {MAX_ANSWER_CHARS} are allowed.",
            code="questions.too_long",
        )
    await _append_answer(context, question, text)


async def _answer_now(context: Context, number: int) -> None:
    """Mark the time; what was being answered until now is done."""
    question = live(context.state, number)
    if question.status == "answering":
        return
    current = context.state.answering
    if current:
        await _finish(context, current)
    info = context.state.info(question, for_hosts=False)
    answering = msgspec.structs.replace(
        info, status="answering", answering_at_us=context.now_us(), answered_at_us=0
    )
    await context.append("answering", AnsweringBody(question=answering))


async def _finish(context: Context, number: int) -> None:
    question = known(context.state, number)
    if question.status != "answering":
        raise RequestDenied("It is not being answered.", code="questions.not_answering")
    await _append_answer(context, question, question.answer)


async def _append_answer(context: Context, question: Question, text: str) -> None:
    info = context.state.info(question, for_hosts=False)
    answered = msgspec.structs.replace(
        info, status="answered", answer=text, answered_at_us=context.now_us()
    )
    await context.append("answered", AnsweringBody(question=answered))


async def _reopen(context: Context, number: int) -> None:
    question = known(context.state, number)
    if question.status in _PUT_BACK:
        status: Status = "open" if question.is_public else "waiting"
        await context.append("reopened", ReopenedBody(number=number, status=status))
    elif question.status not in LIVE:
        raise closed(question)


async def _dismiss(context: Context, number: int) -> None:
    if known(context.state, number).status != "dismissed":
        live(context.state, number)
        await context.append("dismissed", NumberBody(number=number))


async def _assign(context: Context, request: Assign) -> None:
    question = live(context.state, request.number)
    identity = name = ""
    if request.participant_id is not None:
        colleague = context.room.participants.get(request.participant_id)
        if colleague is None or colleague.hidden or not colleague.grants.can_answer:
            raise RequestDenied(
                "There is no such colleague who may answer.", code="questions.unknown_colleague"
            )
        identity, name = colleague.identity, colleague.name
    if identity != question.assignee_identity:
        body = AssignedBody(number=question.number, identity=identity, name=name)
        await context.append("assigned", body, audience=HOSTS)


async def _change_settings(context: Context, request: ChangeSettings, before: Settings) -> None:
    said = {
        name: value
        for name in Settings.__struct_fields__
        if (value := getattr(request, name)) is not msgspec.UNSET
    }
    after = msgspec.structs.replace(before, **said)
    if after != before:
        await context.append("settings_changed", after)


_STEPS: Final[Mapping[type, Callable[[Context, int], Awaitable[None]]]] = {
    Publish: _publish,
    AnswerNow: _answer_now,
    Done: _finish,
    Reopen: _reopen,
    Dismiss: _dismiss,
}
