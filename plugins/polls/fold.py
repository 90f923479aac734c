"""The fold of the polls: constant time for each vote; a quiz is gone over once, at its end."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import msgspec

from ..api import Entry
from .messages import (
    DraftedBody,
    GroupResultsBody,
    NumberBody,
    OpenedBody,
    ResultsBody,
    TextAnswer,
    TextHiddenBody,
    VotedBody,
)
from .scoring import with_points
from .state import Ballot, Poll, PollsState

KEPT_TEXTS: Final = 50
KEPT_GROUPS: Final = 50  # As many as can be open at once.

_drafted = msgspec.msgpack.Decoder(DraftedBody)
_opened = msgspec.msgpack.Decoder(OpenedBody)
_voted = msgspec.msgpack.Decoder(VotedBody)
_number = msgspec.msgpack.Decoder(NumberBody)
_results = msgspec.msgpack.Decoder(ResultsBody)
_group_results = msgspec.msgpack.Decoder(GroupResultsBody)
_text_hidden = msgspec.msgpack.Decoder(TextHiddenBody)


class PollsFold:
    """Pure; see `Fold`."""

    def initial(self) -> PollsState:
        return PollsState()

    def apply(self, state: PollsState, entry: Entry) -> PollsState:
        change = _CHANGES.get(entry.kind)
        return state if change is None else change(state, entry)


def _draft(state: PollsState, entry: Entry) -> PollsState:
    body = _drafted.decode(entry.body)
    info = body.poll
    poll = Poll(info, body.right, status="draft", counts=(0,) * len(info.choices))
    first = info.repeats or info.number
    return replace(
        state,
        polls=state.polls.with_item(info.number, poll),
        rounds=state.rounds.with_item(first, max(info.round, state.rounds.get(first, 0))),
        total=max(state.total, info.number),
    )


def _open(state: PollsState, entry: Entry) -> PollsState:
    info = _opened.decode(entry.body).poll
    poll = state.polls.get(info.number)
    if poll is None:
        return state
    polls = state.polls.with_item(info.number, replace(poll, info=info, status="open"))
    return replace(state, polls=polls, open=info.number)


def _vote(state: PollsState, entry: Entry) -> PollsState:
    body = _voted.decode(entry.body)
    poll = state.polls.get(body.number)
    if poll is None or poll.status != "open":
        return state
    before = poll.ballots.get(body.identity)
    counts = list(poll.counts)
    for choice in before.choices if before is not None else ():
        counts[choice] -= 1
    for choice in body.choices:
        counts[choice] += 1
    ballot = Ballot(
        number=len(poll.ballots) + 1 if before is None else before.number,
        choices=body.choices,
        text=body.text,
        name=body.name,
        at_us=entry.at_us,
        changes=0 if before is None else before.changes + 1,
    )
    poll = replace(
        poll,
        counts=tuple(counts),
        ballots=poll.ballots.with_item(body.identity, ballot),
        texts=_with_text(poll, ballot),
        hidden=poll.hidden - {ballot.number} if poll.hidden else poll.hidden,
    )
    return replace(state, polls=state.polls.with_item(body.number, poll))


def _with_text(poll: Poll, ballot: Ballot) -> tuple[TextAnswer, ...]:
    if poll.info.kind != "text":
        return ()
    answer = TextAnswer(ballot=ballot.number, text=ballot.text, name=ballot.name)
    others = tuple(text for text in poll.texts if text.ballot != ballot.number)
    return (*others, answer)[-KEPT_TEXTS:]


def _hide_text(state: PollsState, entry: Entry) -> PollsState:
    body = _text_hidden.decode(entry.body)
    poll = state.polls.get(body.number)
    if poll is None:
        return state
    poll = replace(
        poll,
        texts=tuple(text for text in poll.texts if text.ballot != body.ballot),
        hidden=poll.hidden | {body.ballot},
    )
    return replace(state, polls=state.polls.with_item(body.number, poll))


def _close(state: PollsState, entry: Entry) -> PollsState:
    number = _number.decode(entry.body).number
    poll = state.polls.get(number)
    if poll is None or poll.status != "open":
        return state
    polls = state.polls.with_item(number, replace(poll, status="closed"))
    return replace(state, polls=polls, open=0)


def _tell(state: PollsState, entry: Entry) -> PollsState:
    """The results are told; points are given when all know what was right."""
    body = _results.decode(entry.body)
    poll = state.polls.get(body.results.number)
    if poll is None:
        return state
    scores = state.scores
    if body.is_shared and not poll.is_shared:
        scores = with_points(scores, poll)
    poll = replace(
        poll,
        has_told=True,
        is_shared=poll.is_shared or body.is_shared,
        leaders=body.results.leaders,
    )
    return replace(state, polls=state.polls.with_item(poll.number, poll), scores=scores)


def _delete(state: PollsState, entry: Entry) -> PollsState:
    return replace(state, polls=state.polls.without(_number.decode(entry.body).number))


def _take_group(state: PollsState, entry: Entry) -> PollsState:
    body = _group_results.decode(entry.body)
    others = [one for one in state.groups if one.group_id != body.group_id]
    return replace(state, groups=(*others, body)[-KEPT_GROUPS:])


_CHANGES: Final[Mapping[str, Callable[[PollsState, Entry], PollsState]]] = {
    "polls.drafted": _draft,
    "polls.opened": _open,
    "polls.voted": _vote,
    "polls.text_hidden": _hide_text,
    "polls.closed": _close,
    "polls.results": _tell,
    "polls.deleted": _delete,
    "polls.group_results": _take_group,
}
