"""Lowers hands and takes floors back unasked: after people have spoken, or did not come back."""

from collections.abc import Iterable, Mapping
from typing import Final

from ..engine.ids import ParticipantId
from ..engine.media import Source
from .api import RECORD_ONLY, PluginContext, RoomView, only
from .hands_floor import settle
from .hands_messages import FloorTakenBody, LoweredBody, SpeakingBody, Why
from .hands_muting import mute_microphone
from .hands_state import HandsState

TIMER: Final = "lower"
AT_ONCE: Final = 50  # Entries made for one timer: it must be done within 5 s.

Context = PluginContext[HandsState]


class HandsWatch:
    """Knows nothing but its limits: what it needs is in the state, so a restart loses nothing."""

    def __init__(
        self,
        *,
        auto_lower: bool,
        spoken_us: int,
        quiet_us: int,
        away_us: int,
        floor_quiet_us: Mapping[str, int],  # By template; where it is not named, never.
    ) -> None:
        self._auto_lower = auto_lower
        self._floor_quiet_us = floor_quiet_us
        self._spoken_us = spoken_us
        self._quiet_us = quiet_us
        self._away_us = away_us

    async def hear(self, context: Context, participant_ids: Iterable[ParticipantId]) -> None:
        """Note which of those who are waited for began and ended to speak."""
        state = context.state
        waits_for_floors = context.room.template in self._floor_quiet_us
        heard = set()
        for person in participant_ids:
            hand = state.hand_of(person) if self._auto_lower else None
            held = hand or (state.floor_of(person) if waits_for_floors else None)
            if held is not None:
                heard.add(held.identity)
        for identity in {*state.speaking} ^ heard:
            body = SpeakingBody(identity=identity, speaking=identity in heard)
            await context.append("speaking", body, audience=RECORD_ONLY)

    def set_timers(self, context: Context) -> None:
        """Wake when the next hand or floor is due."""
        due = [at_us for _, at_us, _ in self._due(context)]
        if due:
            context.set_timer(TIMER, min(due))
        else:
            context.cancel_timer(TIMER)

    async def lower_due(self, context: Context) -> None:
        """Lower what is due, and wake again for the rest."""
        now_us = context.now_us()
        due = [each for each in self._due(context) if each[1] <= now_us]
        for identity, _, why in due[:AT_ONCE]:
            await _lower(context, identity, why)
        self.set_timers(context)

    def _due(self, context: Context) -> list[tuple[str, int, Why]]:
        state = context.state
        floor_quiet_us = self._floor_quiet_us.get(context.room.template)
        due: list[tuple[str, int, Why]] = [
            (identity, since_us + self._away_us, "away")
            for identity, since_us in state.away.items()
        ]
        for identity, since_us in state.quiet.items():
            hand = state.hands.get(identity)
            if hand is not None and hand.heard_us >= self._spoken_us:
                due.append((identity, since_us + self._quiet_us, "spoke"))
            floor = state.floors.get(identity)
            if floor is not None and floor_quiet_us is not None:
                at_us = since_us + floor_quiet_us
                if _shows(context.room, floor.participant_id):  # Whoever shows may be silent.
                    at_us = max(at_us, context.now_us() + floor_quiet_us)
                due.append((identity, at_us, "spoke"))
        return due


def _shows(room: RoomView, participant_id: ParticipantId) -> bool:
    shared = room.tracks_of_source(Source.SCREEN)
    return any(track.participant_id == participant_id for track in shared)


async def _lower(context: Context, identity: str, why: Why) -> None:
    hand = context.state.hands.get(identity)
    if hand is not None:
        lowered = LoweredBody(participant_id=hand.participant_id, identity=identity, why=why)
        await context.append("lowered", lowered, audience=only(hand.participant_id))
    floor = context.state.floors.get(identity)
    if floor is not None:
        taken = FloorTakenBody(participant_id=floor.participant_id, identity=identity, why=why)
        await context.append("floor_taken", taken, audience=only(floor.participant_id))
        person = context.room.participants.get(floor.participant_id)
        if person is not None:
            await settle(context, person)
            await mute_microphone(context, person)
