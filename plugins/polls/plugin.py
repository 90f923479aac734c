"""Polls and quizzes, for two and for ten thousand; one is open at a time."""

from typing import Annotated, Final, assert_never

import msgspec

from ...engine.errors import RequestDenied
from ..api import HOSTS, Entry, ParticipantView, PluginContext, RequestContext, hookimpl, only
from .drafting import check_vote, draft
from .fold import PollsFold
from .group_results import look_into_lost, tell_main
from .messages import (
    Close,
    Create,
    Delete,
    DraftedBody,
    GetBallots,
    HideText,
    Open,
    PollsRequest,
    PollsView,
    Repeat,
    Share,
    Turnout,
    Vote,
    VotedBody,
)
from .results import ballots_page, turnout, view
from .running import (
    STEPS,
    check_none_open,
    close_poll,
    closed,
    hide_text,
    known,
    open_poll,
    tell_results,
)
from .state import PollsState

MAX_CHANGES: Final = 20  # Of one answer.

Context = RequestContext[PollsState]


class PollsOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.polls]`."""

    max_polls: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 200  # Of a session, with rounds.
    max_text_chars: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 200


class Polls:
    """Plugin `polls`."""

    options_type = PollsOptions
    request_type = PollsRequest
    summary_interval_s = 0.5
    needs_groups = True
    observed = ("polls.", "breakouts.ended", "breakouts.summary")

    def __init__(self, options: PollsOptions) -> None:
        self._options = options
        self.fold = PollsFold()

    def view(self, state: PollsState, viewer: ParticipantView) -> PollsView:
        return view(state, viewer)

    def summary(self, state: PollsState, *, is_host: bool) -> Turnout:
        return turnout(state, is_host=is_host)

    @hookimpl
    async def on_start(self, context: PluginContext[PollsState]) -> None:
        """Go on where a run before has ended: between a poll's end and its results, or earlier."""
        for poll in context.state.polls.values():
            if poll.status == "closed" and not poll.has_told:
                await tell_results(context, poll.number)
            elif poll.status == "open" and poll.info.closes_at_us:
                context.set_timer(str(poll.number), poll.info.closes_at_us)

    @hookimpl
    async def on_entry(self, context: PluginContext[PollsState], entry: Entry) -> None:
        """A group of the room is over, or broke down."""
        if entry.kind == "breakouts.ended" and context.groups.own_id is not None:
            await tell_main(context)
        elif entry.kind == "breakouts.summary":
            await look_into_lost(context, entry)

    @hookimpl
    async def on_timer(self, context: PluginContext[PollsState], name: str) -> None:
        poll = context.state.polls.get(int(name))
        if poll is not None and poll.status == "open":
            await close_poll(context, poll.number)

    async def handle_request(self, context: Context, request: PollsRequest) -> None:
        """Do what a participant asks.

        Raises:
            RequestDenied: `polls.not_allowed`, `polls.unknown`, and as the methods and functions
                below say.
        """
        if isinstance(request, Vote):
            await self._vote(context, request)
            return
        if not context.participant.grants.can_poll:
            raise RequestDenied("You may not do this here.", code="polls.not_allowed")
        match request:
            case Create():
                await self._create(context, request)
            case Repeat(number=number):
                await self._repeat(context, number)
            case HideText(number=number, ballot=ballot):
                await hide_text(context, number, ballot)
            case GetBallots(number=number):
                page = ballots_page(known(context.state, number), request)
                receiver = only(context.participant.participant_id)
                context.signal("ballots", page, audience=receiver)
            case Open() | Close() | Share() | Delete():
                await STEPS[type(request)](context, request.number)
            case _:
                assert_never(request)

    async def _create(self, context: Context, request: Create) -> None:
        """Prepare a poll.

        Raises:
            RequestDenied: As `draft`; `polls.too_many`, `polls.another_open`.
        """
        info, right = draft(request, context.state.total + 1)
        self._check_room(context.state)
        if request.opens:
            check_none_open(context.state)
        await context.append("drafted", DraftedBody(poll=info, right=right), audience=HOSTS)
        if request.opens:
            await open_poll(context, info)

    async def _repeat(self, context: Context, number: int) -> None:
        """Open a new round.

        Raises:
            RequestDenied: `polls.not_closed`, `polls.too_many`, `polls.another_open`.
        """
        poll = closed(context.state, number)
        self._check_room(context.state)
        check_none_open(context.state)
        first = poll.info.repeats or number
        info = msgspec.structs.replace(
            poll.info,
            number=context.state.total + 1,
            repeats=first,
            round=context.state.rounds.get(first, 1) + 1,
            opened_at_us=0,
            closes_at_us=0,
        )
        await context.append("drafted", DraftedBody(poll=info, right=poll.right), audience=HOSTS)
        await open_poll(context, info)

    def _check_room(self, state: PollsState) -> None:
        if state.total >= self._options.max_polls:
            raise RequestDenied("There were very many polls.", code="polls.too_many")

    async def _vote(self, context: Context, request: Vote) -> None:
        """Take an answer; the same one said again changes nothing.

        Raises:
            RequestDenied: `polls.not_allowed`, `polls.not_open`, as `check_vote`,
                `polls.voted_already`, `polls.too_many_changes`.
        """
        participant = context.participant
        if participant.hidden or participant.role == "observer":
            raise RequestDenied("You may not vote here.", code="polls.not_allowed")
        poll = known(context.state, request.number)
        closes_at_us = poll.info.closes_at_us
        if poll.status != "open" or (closes_at_us and context.now_us() >= closes_at_us):
            raise RequestDenied("The poll is not open.", code="polls.not_open")
        choices, text = check_vote(poll.info, request, self._options.max_text_chars)
        before = poll.ballots.get(participant.identity)
        if before is not None:
            if (before.choices, before.text) == (choices, text):
                return
            if not poll.info.may_change:
                raise RequestDenied("You have answered already.", code="polls.voted_already")
            if before.changes >= MAX_CHANGES:
                raise RequestDenied(
                    "You have changed your answer too often.", code="polls.too_many_changes"
                )
        body = VotedBody(
            number=poll.number,
            identity=participant.identity,
            name=participant.name if poll.info.named else "",
            choices=choices,
            text=text,
        )
        await context.append("voted", body, audience=only(participant.participant_id))
