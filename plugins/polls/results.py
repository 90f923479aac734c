"""What viewers and hosts are shown of polls: counts and a few texts, never all answers at once."""

from typing import Final

from ..api import ParticipantView
from .messages import (
    BallotInfo,
    BallotsPage,
    GetBallots,
    PollsView,
    PollView,
    Results,
    Turnout,
)
from .state import Ballot, Poll, PollsState

SHOWN_TO_HOSTS: Final = 40  # Polls in a view: the latest, drafts included.
SHOWN_TO_OTHERS: Final = 20
TEXTS_FOR_OTHERS: Final = 12  # Ten thousand viewers are sent them twice a second.
PAGE_BALLOTS: Final = 250


def results_of(poll: Poll, *, for_hosts: bool) -> Results:
    """Return what was answered until now; more texts, and what is right, once it is closed."""
    is_over = poll.status == "closed"
    return Results(
        number=poll.number,
        voters=len(poll.ballots),
        counts=poll.counts,
        texts=poll.texts if for_hosts or is_over else poll.texts[-TEXTS_FOR_OTHERS:],
        right=poll.right if is_over else (),
        leaders=poll.leaders,
    )


def turnout(state: PollsState, *, is_host: bool) -> Turnout:
    """Return the open poll as it stands."""
    poll = state.polls.get(state.open)
    if poll is None:
        return Turnout()
    is_shown = is_host or poll.is_public()
    return Turnout(
        number=poll.number,
        voters=len(poll.ballots),
        results=results_of(poll, for_hosts=is_host) if is_shown else None,
    )


def view(state: PollsState, viewer: ParticipantView) -> PollsView:
    """Return what a joiner is sent."""
    if viewer.is_host:
        shown = list(state.polls.values())[-SHOWN_TO_HOSTS:]
    else:
        public = [poll for poll in state.polls.values() if poll.status != "draft"]
        shown = public[-SHOWN_TO_OTHERS:]
    return PollsView(
        polls=tuple(_poll_view(poll, viewer) for poll in shown),
        score=state.score_of(viewer.identity).points,
        groups=state.groups if viewer.is_host else (),
    )


def _poll_view(poll: Poll, viewer: ParticipantView) -> PollView:
    ballot = poll.ballots.get(viewer.identity)
    is_shown = poll.status != "draft" and (viewer.is_host or poll.is_public())
    return PollView(
        info=poll.info,
        status=poll.status,
        voters=len(poll.ballots),
        results=results_of(poll, for_hosts=viewer.is_host) if is_shown else None,
        is_shared=poll.is_shared,
        right=poll.right if viewer.is_host else (),
        has_voted=ballot is not None,
        choices=ballot.choices if ballot is not None else (),
        answer=ballot.text if ballot is not None else "",
    )


def ballots_page(poll: Poll, request: GetBallots) -> BallotsPage:
    """Return one page of single answers; anonymous ones in an order that tells nothing."""
    items = [(identity, poll.ballots[identity]) for identity in poll.ballots]
    if poll.info.named:
        items.sort(key=lambda item: item[1].number)
    else:
        items.sort(key=lambda item: (item[1].choices, item[1].text))
    page = items[request.offset : request.offset + PAGE_BALLOTS]
    return BallotsPage(
        query=request.query,
        number=poll.number,
        offset=request.offset,
        total=len(items),
        ballots=tuple(_ballot_info(poll, identity, ballot) for identity, ballot in page),
    )


def _ballot_info(poll: Poll, identity: str, ballot: Ballot) -> BallotInfo:
    if not poll.info.named:
        return BallotInfo(choices=ballot.choices, text=ballot.text)
    return BallotInfo(
        choices=ballot.choices,
        text=ballot.text,
        name=ballot.name,
        identity=identity,
        at_us=ballot.at_us,
    )
