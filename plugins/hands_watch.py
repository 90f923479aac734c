"""Lowers hands without being asked: after their owners have spoken, or did not come back."""

from collections.abc import Iterable
from typing import Final

from ..engine.ids import ParticipantId
from .api import RECORD_ONLY, PluginContext, only
from .hands_messages import FloorTakenBody, LoweredBody, SpeakingBody, Why
from .hands_state import HandsState

TIMER: Final = "lower"
AT_ONCE: Final = 50  # Entries made for one timer: it must be done within 5 s.

Context = PluginContext[HandsState]


class HandsWatch:
    """Knows nothing but its limits: what it needs is in the state, so a restart loses nothing."""

    def __init__(self, *, auto_lower: bool, spoken_us: int, quiet_us: int, away_us: int) -> None:
        self._auto_lower = auto_lower
        self._spoken_us = spoken_us
        self._quiet_us = quiet_us
        self._away_us = away_us

    async def hear(self, context: Context, participant_ids: Iterable[ParticipantId]) -> None:
        """Note which of those whose hands are up began and ended to speak."""
        state = context.state
        if not self._auto_lower or not (state.hands or state.speaking):
            return
        hands = (state.hand_of(person) for person in participant_ids)
        heard = {hand.identity for hand in hands if hand is not None}
        for identity in {*state.speaking} ^ heard:
            body = SpeakingBody(identity=identity, speaking=identity in heard)
            await context.append("speaking", body, audience=RECORD_ONLY)

    def set_timers(self, context: Context) -> None:
        """Wake when the next hand or floor is due."""
        due = [at_us for _, at_us, _ in self._due(context.state)]
        if due:
            context.set_timer(TIMER, min(due))
        else:
            context.cancel_timer(TIMER)

    async def lower_due(self, context: Context) -> None:
        """Lower what is due, and wake again for the rest."""
        now_us = context.now_us()
        due = [each for each in self._due(context.state) if each[1] <= now_us]
        for identity, _, why in due[:AT_ONCE]:
            await _lower(context, identity, why)
        self.set_timers(context)

    def _due(self, state: HandsState) -> list[tuple[str, int, Why]]:
        due: list[tuple[str, int, Why]] = [
            (identity, since_us + self._away_us, "away")
            for identity, since_us in state.away.items()
        ]
        for identity, since_us in state.quiet.items():
            hand = state.hands.get(identity)
            if hand is not None and hand.heard_us >= self._spoken_us:
                due.append((identity, since_us + self._quiet_us, "spoke"))
        return due


async def _lower(context: Context, identity: str, why: Why) -> None:
    hand = context.state.hands.get(identity)
    if hand is not None:
        lowered = LoweredBody(participant_id=hand.participant_id, identity=identity, why=why)
        await context.append("lowered", lowered, audience=only(hand.participant_id))
    floor = context.state.floors.get(identity)
    if floor is not None and why == "away":
        taken = FloorTakenBody(participant_id=floor.participant_id, identity=identity, why=why)
        await context.append("floor_taken", taken, audience=only(floor.participant_id))
