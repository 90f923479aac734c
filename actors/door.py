"""Who waits at a room's door. It outlives a crash of the RoomActor, as the seats do.

The journal says who waits; this says whose actor that is now, and what it was told last.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from ..engine.ids import ParticipantId
from ..engine.journal import Entry
from ..plugins.api import JoinAttempt, Wait

SHOWN_POSITIONS: Final = 20  # Whoever is farther behind is not told each step of the queue.

# Besides its own entries, whoever makes people wait may look at who is in the room.
_ROOM_NEWS: Final = (
    "room.participant_joined",
    "room.participant_left",
    "room.participant_readmitted",
)


@dataclass(slots=True)
class Place:
    """One identity that waits. `participant_id` None: its connection is lost, the place is kept."""

    waiting_id: str
    identity: str
    participant_id: ParticipantId | None
    attempt: JoinAttempt | None  # None: known from the journal only.
    wait: Wait | None = None
    told: tuple[Wait | None, int | None] = (None, None)  # With the position.


@dataclass(slots=True)
class Door:
    """See the module. The order of `places` is the order of coming."""

    places: dict[str, Place] = field(default_factory=dict)  # By identity.
    vacant_since_s: dict[str, float] = field(default_factory=dict)  # By identity, oldest first.
    called: set[str] = field(default_factory=set)  # Told to ask again, and have not yet.
    to_review: deque[str] = field(default_factory=deque)
    has_news: bool = False
    has_moved: bool = False  # Somebody's position may have changed.
    _identities: dict[ParticipantId, str] = field(default_factory=dict)
    _knocks: float = 0.0  # Those who came lately; forgotten at a constant rate.
    _knocked_at_s: float = 0.0
    _plugins: set[str] = field(default_factory=set)  # For whose word anybody waits.

    def note(self, entry: Entry) -> None:
        """Look at a new entry: may it be the one that somebody waits for?"""
        if self.places and not self.has_news:
            plugin = entry.kind.partition(".")[0]
            self.has_news = entry.kind in _ROOM_NEWS or plugin in self._plugins

    def occupy(
        self, place: Place, participant_id: ParticipantId, attempt: JoinAttempt, wait: Wait
    ) -> ParticipantId | None:
        """Give a place to a participant; returns whose it was until now."""
        before = place.participant_id
        if before is not None:
            self._identities.pop(before, None)
        place.participant_id, place.attempt = participant_id, attempt
        self._identities[participant_id] = place.identity
        self.places[place.identity] = place
        self.note_wait(place, wait)
        self.vacant_since_s.pop(place.identity, None)
        self.called.discard(place.identity)
        return before if before != participant_id else None

    def note_wait(self, place: Place, wait: Wait) -> None:
        """Note what somebody waits for; its code begins with the plugin's name."""
        place.wait = wait
        plugin = wait.code.partition(".")[0]
        if plugin != "room":  # Of its own entries the room knows the two that count.
            self._plugins.add(plugin)

    def vacate(self, place: Place, now_s: float) -> None:
        """Keep a place whose connection is lost."""
        if place.participant_id is not None:
            self._identities.pop(place.participant_id, None)
        place.participant_id = None
        self.called.discard(place.identity)
        self.vacant_since_s[place.identity] = now_s

    def leave(self, identity: str) -> Place | None:
        """Take a place away."""
        place = self.places.pop(identity, None)
        if place is None:
            return None
        if place.participant_id is not None:
            self._identities.pop(place.participant_id, None)
        self.vacant_since_s.pop(identity, None)
        self.called.discard(identity)
        self.has_moved = self.has_news = True  # Perhaps its place in the room is free.
        if not self.places:
            self._plugins.clear()
            self.has_news = False
        return place

    def take_knock(self, now_s: float, *, most: int, per_s: float) -> bool:
        """Count one who comes; False: `most` have come lately, and then more than `per_s`."""
        self._knocks = max(0.0, self._knocks - (now_s - self._knocked_at_s) * per_s)
        self._knocked_at_s = now_s
        if self._knocks + 1 > most:
            return False
        self._knocks += 1
        return True

    def place_of(self, participant_id: ParticipantId) -> Place | None:
        identity = self._identities.get(participant_id)
        return self.places.get(identity) if identity is not None else None

    def first(self) -> Iterator[tuple[int, Place]]:
        """Those who are told their position, with it."""
        return enumerate(islice(self.places.values(), SHOWN_POSITIONS), start=1)

    def position_of(self, place: Place) -> int | None:
        return next((position for position, other in self.first() if other is place), None)
