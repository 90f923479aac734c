"""Finds questions for hosts, beyond what their list shows: by text, by status, one page a time."""

from collections.abc import Mapping
from typing import Final

from ..api import ParticipantView
from .messages import Find, Found, Shown, Status
from .state import Question, QuestionsState

PAGE_QUESTIONS: Final = 30

_STATUSES: Final[Mapping[Shown, frozenset[Status]]] = {
    "open": frozenset({"waiting", "open", "answering"}),
    "waiting": frozenset({"waiting"}),
    "assigned": frozenset({"waiting", "open", "answering"}),
    "answered": frozenset({"answered"}),
    "dismissed": frozenset({"dismissed"}),
}


def find(state: QuestionsState, request: Find, viewer: ParticipantView) -> Found:
    """Return one page of the questions that fit; of equal votes the older comes first."""
    statuses = _STATUSES[request.shown]
    source = state.live if "waiting" in statuses else state.closed
    words = request.text.casefold().split()
    fitting = [
        question
        for question in source.values()
        if question.status in statuses
        and (request.shown != "assigned" or question.assignee_identity == viewer.identity)
        and _fits(question, words)
    ]
    if request.order == "votes":
        fitting.sort(key=lambda question: (-state.votes_of(question.number), question.number))
    else:
        fitting.sort(key=lambda question: -question.number)
    page = fitting[request.offset : request.offset + PAGE_QUESTIONS]
    return Found(
        query=request.query,
        offset=request.offset,
        total=len(fitting),
        questions=tuple(state.info(question, for_hosts=True) for question in page),
    )


def _fits(question: Question, words: list[str]) -> bool:
    """Tell whether all words are in the text, the name, or the answer, or are the number."""
    if not words:
        return True
    text = f"#{question.number} {question.text} {question.name} {question.answer}".casefold()
    return all(word in text for word in words)
