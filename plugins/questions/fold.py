"""The fold of the questions: constant time for each vote, whatever was asked and voted before."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import msgspec

from ..api import Entry, PersistentDict
from .messages import (
    AnsweringBody,
    AskedBody,
    AssignedBody,
    BoardBody,
    MergedBody,
    NumberBody,
    ReopenedBody,
    Settings,
    VotedBody,
)
from .state import LIVE, Asker, Question, QuestionsState

REMEMBERED_QUESTIONS: Final = 20  # Times of each identity, for the limit of its rate.
KEPT_ANSWERED: Final = 20  # Numbers of the latest, for viewers; a host finds all.
VOTES_WINDOW_US: Final = 10_000_000


class _Opened(msgspec.Struct):
    template: str


_opened = msgspec.msgpack.Decoder(_Opened)
_asked = msgspec.msgpack.Decoder(AskedBody)
_voted = msgspec.msgpack.Decoder(VotedBody)
_number = msgspec.msgpack.Decoder(NumberBody)
_reopened = msgspec.msgpack.Decoder(ReopenedBody)
_merged = msgspec.msgpack.Decoder(MergedBody)
_answering = msgspec.msgpack.Decoder(AnsweringBody)
_assigned = msgspec.msgpack.Decoder(AssignedBody)
_board = msgspec.msgpack.Decoder(BoardBody)
_settings = msgspec.msgpack.Decoder(Settings)


class QuestionsFold:
    """Pure; see `Fold`."""

    def initial(self) -> QuestionsState:
        return QuestionsState()

    def apply(self, state: QuestionsState, entry: Entry) -> QuestionsState:
        change = _CHANGES.get(entry.kind)
        return state if change is None else change(state, entry)


# -- asking and voting --------------------------------------------------------------------------


def _ask(state: QuestionsState, entry: Entry) -> QuestionsState:
    body = _asked.decode(entry.body)
    question = Question(
        body.number,
        body.identity,
        body.name,
        body.text,
        at_us=entry.at_us,
        status=body.status,
        is_public=body.status == "open",
    )
    asker = state.asker(body.identity)
    times = (*asker.asked_at_us, entry.at_us)[-REMEMBERED_QUESTIONS:]
    asker = replace(asker, asked=(*asker.asked, body.number), asked_at_us=times)
    return replace(
        state,
        live=state.live.with_item(body.number, question),
        voters=state.voters.with_item(body.number, PersistentDict({body.identity: None})),
        askers=state.askers.with_item(body.identity, asker),
        changed_at_us=entry.at_us,
    )


def _vote(state: QuestionsState, entry: Entry) -> QuestionsState:
    body = _voted.decode(entry.body)
    identity, number = body.identity, body.number
    voters = state.voters.get(number)
    if voters is None or identity in voters:
        return state
    voters = voters.with_item(identity, None)
    asker = state.asker(identity)
    asker = _acting(asker, (*asker.votes, number), entry.at_us)
    return replace(
        state,
        voters=state.voters.with_item(number, voters),
        askers=state.askers.with_item(identity, asker),
        changed_at_us=entry.at_us,
    )


def _take_back_vote(state: QuestionsState, entry: Entry) -> QuestionsState:
    body = _voted.decode(entry.body)
    identity, number = body.identity, body.number
    voters = state.voters.get(number)
    if voters is None or identity not in voters:
        return state
    asker = state.asker(identity)
    votes = tuple(other for other in asker.votes if other != number)
    return replace(
        state,
        voters=state.voters.with_item(number, voters.without(identity)),
        askers=state.askers.with_item(identity, _acting(asker, votes, entry.at_us)),
        changed_at_us=entry.at_us,
    )


def _acting(asker: Asker, votes: tuple[int, ...], at_us: int) -> Asker:
    """Return an asker with other votes, and one act more in the window of its rate."""
    is_later = asker.acts == 0 or at_us - asker.window_at_us >= VOTES_WINDOW_US
    return Asker(
        asked=asker.asked,
        votes=votes,
        asked_at_us=asker.asked_at_us,
        window_at_us=at_us if is_later else asker.window_at_us,
        acts=1 if is_later else asker.acts + 1,
    )


def _merge(state: QuestionsState, entry: Entry) -> QuestionsState:
    """Unite the votes; who asked the one that goes votes for the other now."""
    body = _merged.decode(entry.body)
    gone, kept = state.live.get(body.number), state.live.get(body.into)
    if gone is None or kept is None:
        return state
    # All at once: ten thousand may have voted, and a version for each would take long.
    voters, askers = state.voters[kept.number].to_dict(), state.askers.to_dict()
    for identity in state.voters[gone.number]:
        asker = askers[identity]
        votes = [number for number in asker.votes if number != gone.number]
        if identity not in voters:
            voters[identity] = None
            votes.append(kept.number)
        askers[identity] = Asker(
            asker.asked, tuple(votes), asker.asked_at_us, asker.window_at_us, asker.acts
        )
    if gone.is_public and not kept.is_public:
        # What people have voted for stays in sight.
        kept = replace(kept, status="open", is_public=True)
    state = _change(state, replace(gone, status="merged", into=kept.number), entry)
    united = PersistentDict(voters)
    return replace(
        state,
        live=state.live.with_item(kept.number, kept),
        voters=state.voters.without(gone.number).with_item(kept.number, united),
        askers=PersistentDict(askers),
    )


# -- what becomes of a question -----------------------------------------------------------------


def _withdraw(state: QuestionsState, entry: Entry) -> QuestionsState:
    question = state.live.get(_number.decode(entry.body).number)
    if question is None:
        return state
    return _change(state, replace(question, status="withdrawn"), entry)


def _dismiss(state: QuestionsState, entry: Entry) -> QuestionsState:
    question = state.live.get(_number.decode(entry.body).number)
    if question is None:
        return state
    return _change(state, replace(question, status="dismissed"), entry)


def _publish(state: QuestionsState, entry: Entry) -> QuestionsState:
    question = state.live.get(_number.decode(entry.body).number)
    if question is None:
        return state
    return _change(state, replace(question, status="open", is_public=True), entry)


def _reopen(state: QuestionsState, entry: Entry) -> QuestionsState:
    body = _reopened.decode(entry.body)
    question = state.find(body.number)
    if question is None:
        return state
    question = replace(question, status=body.status, answering_at_us=0, answered_at_us=0)
    return _change(state, question, entry)


def _begin_answer(state: QuestionsState, entry: Entry) -> QuestionsState:
    question = state.find(_answering.decode(entry.body).question.number)
    if question is None:
        return state
    question = replace(question, status="answering", is_public=True, answering_at_us=entry.at_us)
    return replace(_change(state, question, entry), answering=question.number)


def _answer(state: QuestionsState, entry: Entry) -> QuestionsState:
    body = _answering.decode(entry.body).question
    question = state.find(body.number)
    if question is None:
        return state
    question = replace(
        question,
        status="answered",
        is_public=True,
        answer=body.answer,
        answered_at_us=entry.at_us,
    )
    return _change(state, question, entry)


def _assign(state: QuestionsState, entry: Entry) -> QuestionsState:
    body = _assigned.decode(entry.body)
    question = state.find(body.number)
    if question is None:
        return state
    question = replace(question, assignee=body.name, assignee_identity=body.identity)
    return _change(state, question, entry)


def _change(state: QuestionsState, question: Question, entry: Entry) -> QuestionsState:
    """Put a question where its status says."""
    number, before = question.number, state.find(question.number)
    live, closed = state.live.without(number), state.closed.without(number)
    if question.status in LIVE:
        live = live.with_item(number, question)
    else:
        closed = closed.with_item(number, question)
    was_answered = before is not None and before.status == "answered"
    is_answered = question.status == "answered"
    answered = state.answered
    if was_answered != is_answered:
        answered = tuple(other for other in answered if other != number)
        answered = (*answered, number)[-KEPT_ANSWERED:] if is_answered else answered
    is_over = state.answering == number and question.status != "answering"
    return replace(
        state,
        live=live,
        closed=closed,
        answering=0 if is_over else state.answering,
        answered=answered,
        answered_total=state.answered_total + is_answered - was_answered,
        changed_at_us=entry.at_us,
    )


# -- lists and settings -------------------------------------------------------------------------


def _list_board(state: QuestionsState, entry: Entry) -> QuestionsState:
    return replace(state, board=_board.decode(entry.body).shown)


def _list_desk(state: QuestionsState, entry: Entry) -> QuestionsState:
    return replace(state, desk=_board.decode(entry.body).shown)


def _set(state: QuestionsState, entry: Entry) -> QuestionsState:
    return replace(state, settings=_settings.decode(entry.body))


def _open_room(state: QuestionsState, entry: Entry) -> QuestionsState:
    return replace(state, template=_opened.decode(entry.body).template)


_CHANGES: Final[Mapping[str, Callable[[QuestionsState, Entry], QuestionsState]]] = {
    "room.opened": _open_room,
    "questions.asked": _ask,
    "questions.voted": _vote,
    "questions.vote_taken_back": _take_back_vote,
    "questions.withdrawn": _withdraw,
    "questions.published": _publish,
    "questions.reopened": _reopen,
    "questions.dismissed": _dismiss,
    "questions.merged": _merge,
    "questions.answering": _begin_answer,
    "questions.answered": _answer,
    "questions.assigned": _assign,
    "questions.board": _list_board,
    "questions.desk": _list_desk,
    "questions.settings_changed": _set,
}
