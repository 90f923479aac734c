"""What is listed: a bounded board for everybody, a longer desk for hosts, and counts for both.

In a briefing nobody can be sent every question, and nobody's list may jump with every vote. So the
texts of what is listed are told once, when a question enters a list, and the summary has only the
votes. The lists themselves are journaled: a late joiner and a replay have what all others had.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ..api import ParticipantView
from .messages import BoardBody, Counts, QuestionInfo, QuestionsView, Settings, Status
from .state import Question, QuestionsState

LIST_INTERVAL_US: Final = 500_000
SHOWN_MINE: Final = 30


@dataclass(frozen=True, slots=True)
class ListSize:
    """How long a list is: so many with the most votes and so many of the newest.

    `entering`: how many may enter at a time, for each is a text sent to all who have the list.
    """

    top: int
    newest: int
    entering: int


BOARD: Final = ListSize(top=20, newest=10, entering=5)
DESK: Final = ListSize(top=60, newest=40, entering=20)


@dataclass(frozen=True, slots=True)
class NextList:
    """What is to be listed now; `is_complete`: nothing has to wait for the next time."""

    body: BoardBody
    is_complete: bool


def next_due_us(now_us: int) -> int:
    """Return when lists are made next; the same for all times in an interval."""
    return (now_us // LIST_INTERVAL_US + 1) * LIST_INTERVAL_US


def next_board(state: QuestionsState) -> NextList | None:
    """Return the list of published questions, if it differs from what viewers were told."""
    public = [question for question in state.live.values() if question.status == "open"]
    return _next_list(state, state.board, public, BOARD, for_hosts=False)


def next_desk(state: QuestionsState) -> NextList | None:
    """Return the list of all questions without an answer, if it differs from what hosts have."""
    return _next_list(state, state.desk, list(state.live.values()), DESK, for_hosts=True)


def _next_list(
    state: QuestionsState,
    told: tuple[int, ...],
    candidates: list[Question],
    size: ListSize,
    *,
    for_hosts: bool,
) -> NextList | None:
    voters = state.voters  # The newest version: looking up is as quick as in a dict.

    def rank(question: Question) -> tuple[int, int]:
        return len(voters[question.number]), -question.number

    if len(candidates) <= size.top:
        wanted = sorted(candidates, key=rank, reverse=True)
    else:
        wanted = heapq.nlargest(size.top, candidates, key=rank)
    wanted += heapq.nlargest(size.newest, candidates, key=lambda question: question.number)
    numbers = tuple(dict.fromkeys(question.number for question in wanted))
    new = [number for number in numbers if number not in told]
    entering = new[: size.entering]
    shown = tuple(number for number in numbers if number in told or number in entering)
    if set(shown) == set(told):
        return None
    entered = tuple(state.info(state.live[number], for_hosts=for_hosts) for number in entering)
    return NextList(BoardBody(shown=shown, entered=entered), is_complete=len(new) == len(entering))


def count(state: QuestionsState, *, for_hosts: bool) -> Counts:
    """Return the votes of what is listed, and how many questions there are."""
    statuses: dict[Status, int] = {}
    for question in state.live.values():
        statuses[question.status] = statuses.get(question.status, 0) + 1
    listed = dict.fromkeys((*state.board, state.answering, *(state.desk if for_hosts else ())))
    return Counts(
        votes=tuple((number, state.votes_of(number)) for number in listed if number in state.live),
        open=statuses.get("open", 0) + statuses.get("answering", 0),
        answered=state.answered_total,
        waiting=statuses.get("waiting", 0) if for_hosts else 0,
    )


def view(state: QuestionsState, viewer: ParticipantView, settings: Settings) -> QuestionsView:
    """Return what a joiner is sent."""
    asker = state.asker(viewer.identity)
    mine = asker.asked[-SHOWN_MINE:]
    desk = state.desk if viewer.is_host else ()
    answering = (state.answering,) if state.answering else ()
    numbers = dict.fromkeys((*answering, *state.board, *state.answered, *mine, *desk))
    return QuestionsView(
        settings=settings,
        counts=count(state, for_hosts=viewer.is_host),
        questions=_infos(state, numbers, for_hosts=viewer.is_host),
        board=state.board,
        desk=desk,
        answered=state.answered,
        mine=mine,
        votes=asker.votes,
        answering=state.answering,
    )


def _infos(
    state: QuestionsState, numbers: Iterable[int], *, for_hosts: bool
) -> tuple[QuestionInfo, ...]:
    found = (state.find(number) for number in numbers)
    return tuple(state.info(question, for_hosts=for_hosts) for question in found if question)
