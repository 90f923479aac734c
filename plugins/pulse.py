"""The pulse of a lesson: who is lost, who wants it slower or faster; and reactions."""

from heapq import nlargest
from typing import Annotated, Final

import msgspec

from ..engine.errors import RequestDenied
from .api import ParticipantView, PluginContext, RequestContext, hookimpl, only
from .pulse_messages import (
    Feel,
    Felt,
    FeltBody,
    OwnPulse,
    PulseSummary,
    PulseView,
    React,
    TemplateNames,
)
from .pulse_reactions import ReactionRelay
from .pulse_state import BUCKET_US, WINDOW_BUCKETS, PulseFold, PulseState

SHOWN_POINTS: Final = 60  # In a summary; five minutes at least.
SHOWN_PEOPLE: Final = 50
SHOWN_PAGES: Final = 10
LASTS_US: Final = BUCKET_US * WINDOW_BUCKETS


class PulseOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of `[plugins.pulse]`."""

    anonymous: TemplateNames = ("briefing",)  # Where hosts see numbers, and no names.
    min_interval_s: Annotated[float, msgspec.Meta(ge=0, le=60)] = 1.0  # Between two of one person.


class Pulse:
    """Plugin `pulse`."""

    options_type = PulseOptions
    request_type = Feel
    signal_type = React
    summary_interval_s = 1.0
    observed = ("pulse.", "room.opened")

    def __init__(self, options: PulseOptions) -> None:
        self._anonymous = frozenset(options.anonymous)
        self._min_interval_us = round(options.min_interval_s * 1e6)
        self._reactions = ReactionRelay()
        self.fold = PulseFold()

    # -- what people are shown -------------------------------------------------------------------

    def view(self, state: PulseState, viewer: ParticipantView) -> PulseView:
        vote = state.votes.get(viewer.identity)
        is_host = viewer.is_host and not viewer.hidden
        return PulseView(
            own=OwnPulse(mood=vote.mood, at_us=vote.at_us) if vote and vote.mood else None,
            is_anonymous=self._is_anonymous(state),
            lasts_us=LASTS_US,
            pulse=self._summary(state, points=len(state.curve)) if is_host else None,
        )

    def summary(self, state: PulseState, *, is_host: bool) -> PulseSummary | dict[str, None]:
        """The pulse for hosts; nothing for others."""
        return self._summary(state, points=SHOWN_POINTS) if is_host else {}

    def _summary(self, state: PulseState, *, points: int) -> PulseSummary:
        is_anonymous = self._is_anonymous(state)
        return PulseSummary(
            bucket=state.bucket,
            bucket_us=BUCKET_US,
            window_buckets=WINDOW_BUCKETS,
            window=state.window,
            curve=state.curve[len(state.curve) - min(points, len(state.curve)) :],
            pages=state.pages[-SHOWN_PAGES:],
            people=() if is_anonymous else _latest(state),
            is_anonymous=is_anonymous,
        )

    def _is_anonymous(self, state: PulseState) -> bool:
        return state.template in self._anonymous

    # -- requests and signals --------------------------------------------------------------------

    async def handle_request(self, context: RequestContext[PulseState], request: Feel) -> None:
        """Take in how somebody feels.

        Raises:
            RequestDenied: `pulse.not_allowed`, `pulse.rate_limited` (retryable).
        """
        person = context.participant
        if person.hidden or person.is_host:
            raise RequestDenied("The pulse is that of the audience.", code="pulse.not_allowed")
        before = context.state.votes.get(person.identity)
        if before is None and request.mood is None:
            return
        if before is not None and context.now_us() - before.at_us < self._min_interval_us:
            raise RequestDenied(
                "Once a second is enough.", code="pulse.rate_limited", retryable=True
            )
        body = FeltBody(identity=person.identity, name=person.name, mood=request.mood)
        await context.append("felt", body, audience=only(person.participant_id))

    def handle_signal(self, context: RequestContext[PulseState], signal: React) -> None:
        """Pass a reaction on.

        Raises:
            RequestDenied: `pulse.not_allowed`, `pulse.rate_limited` (retryable).
        """
        if context.participant.hidden:
            raise RequestDenied("Who is not seen does not react.", code="pulse.not_allowed")
        self._reactions.take(
            context, signal.reaction, is_anonymous=self._is_anonymous(context.state)
        )

    @hookimpl
    async def on_timer(self, context: PluginContext[PulseState], name: str) -> None:
        self._reactions.flush(context)


def _latest(state: PulseState) -> tuple[Felt, ...]:
    votes = nlargest(SHOWN_PEOPLE, state.votes.values(), key=lambda vote: vote.at_us)
    return tuple(
        Felt(participant_id=vote.participant_id, name=vote.name, mood=vote.mood, at_us=vote.at_us)
        for vote in votes
        if vote.mood is not None
    )
