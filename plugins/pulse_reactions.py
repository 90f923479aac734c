"""Passes reactions on: one at once, many as sums, at most three times a second.

Reactions are no state: nobody is shown one that came before it joined, and none is journaled.
What is kept here of a room lasts for a third of a second, and a crash may lose it.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from ..engine.errors import RequestDenied
from ..engine.ids import ParticipantId, RoomId
from .api import PluginContext, RequestContext
from .pulse_messages import Reacted, Reaction

TIMER: Final = "reactions"
INTERVAL_US: Final = 350_000
OVERDUE_US: Final = 2_000_000  # The timer went with a crash of the plugin's actor.
BY_ONE: Final = 3  # Of one participant in an interval.


@dataclass(slots=True)
class _Tally:
    """What came since the last signal of a room."""

    due_us: int
    counts: Counter[Reaction] = field(default_factory=Counter)
    by_person: Counter[ParticipantId] = field(default_factory=Counter)


class ReactionRelay:
    """For all rooms of the node."""

    def __init__(self) -> None:
        self._tallies: dict[RoomId, _Tally] = {}

    def take(self, context: RequestContext[Any], reaction: Reaction, *, is_anonymous: bool) -> None:
        """Pass a reaction on, at once if there was none just before.

        Raises:
            RequestDenied: `pulse.rate_limited` (retryable).
        """
        now_us, room_id = context.now_us(), context.room.room_id
        tally = self._tallies.get(room_id)
        if tally is None or now_us > tally.due_us + OVERDUE_US:
            tally = self._tallies[room_id] = _Tally(now_us + INTERVAL_US)
            context.set_timer(TIMER, tally.due_us)
            if not is_anonymous:  # A signal made here names its author.
                tally.by_person[context.participant.participant_id] += 1
                one = Reacted(counts={reaction: 1}, name=context.participant.name)
                context.signal("reacted", one)
                return
        if tally.by_person[context.participant.participant_id] >= BY_ONE:
            raise RequestDenied(
                "Too many reactions; wait a little.", code="pulse.rate_limited", retryable=True
            )
        tally.by_person[context.participant.participant_id] += 1
        tally.counts[reaction] += 1

    def flush(self, context: PluginContext[Any]) -> None:
        """Pass on what came meanwhile; go on while anything comes."""
        tally = self._tallies.pop(context.room.room_id, None)
        if tally is None or not tally.counts:
            return
        context.signal("reacted", Reacted(counts=dict(tally.counts)))
        due_us = context.now_us() + INTERVAL_US
        self._tallies[context.room.room_id] = _Tally(due_us)
        context.set_timer(TIMER, due_us)
