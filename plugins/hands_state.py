"""What the floor knows: whose hands are up since when, who has the floor, who may not unmute.

Everything is kept by identity, so that a reload of the page changes nothing. Who leaves keeps
its hand and its floor as one who is away, until an entry says that it did not come back; who was
put out or did not come back in time loses them at once.
"""

from dataclasses import dataclass, field

from ..engine.ids import ParticipantId
from .api import PersistentDict
from .hands_messages import Right

Times = PersistentDict[str, int]  # By identity, on the session clock.


@dataclass(frozen=True, slots=True)
class Hand:
    """A raised hand; `heard_us`: how long its owner was heard since."""

    participant_id: ParticipantId
    identity: str
    name: str
    reason: str
    seq: int
    at_us: int
    heard_us: int = 0


@dataclass(frozen=True, slots=True)
class Floor:
    """Somebody called up; `is_settled`: the room has changed its grants."""

    participant_id: ParticipantId
    identity: str
    name: str
    rights: tuple[Right, ...]
    added: tuple[Right, ...]
    at_us: int
    is_settled: bool


@dataclass(frozen=True, slots=True)
class HandsState:
    """See the module. All mappings but `people` are by identity.

    `people`: also by the id from before the last reload (`former`), which a host's page may still
    know. `in_groups`: who of them is in a group of the room, and keeps hand and floor meanwhile.
    `undoing`: rights that went with a floor and that the room has not taken back yet.
    `silenced`: who may not unmute (True) or may although the others may not (False).
    """

    hands: PersistentDict[str, Hand] = field(default_factory=PersistentDict)
    floors: PersistentDict[str, Floor] = field(default_factory=PersistentDict)
    people: PersistentDict[ParticipantId, str] = field(default_factory=PersistentDict)
    former: PersistentDict[str, ParticipantId] = field(default_factory=PersistentDict)
    in_groups: PersistentDict[str, ParticipantId] = field(default_factory=PersistentDict)
    away: Times = field(default_factory=PersistentDict)  # Since when.
    speaking: Times = field(default_factory=PersistentDict)  # Hands and floors; since when.
    quiet: Times = field(default_factory=PersistentDict)  # Spoke before; since when no more.
    undoing: PersistentDict[str, tuple[Right, ...]] = field(default_factory=PersistentDict)
    silenced: PersistentDict[str, bool] = field(default_factory=PersistentDict)
    silenced_ids: PersistentDict[str, ParticipantId] = field(default_factory=PersistentDict)
    all_silenced: bool = False
    raised_at_us: PersistentDict[str, tuple[int, ...]] = field(default_factory=PersistentDict)

    def queue(self) -> list[Hand]:
        """Return all hands in the order of the journal."""
        return sorted(self.hands.values(), key=lambda hand: hand.seq)

    def current_id(self, participant_id: ParticipantId) -> ParticipantId:
        """Return the id that somebody has now, who may have reloaded the page."""
        held = self.hand_of(participant_id) or self.floor_of(participant_id)
        return participant_id if held is None else held.participant_id

    def hand_of(self, participant_id: ParticipantId) -> Hand | None:
        return self.hands.get(self.people.get(participant_id, ""))

    def floor_of(self, participant_id: ParticipantId) -> Floor | None:
        return self.floors.get(self.people.get(participant_id, ""))

    def may_unmute(self, identity: str) -> bool:
        return not self.silenced.get(identity, self.all_silenced)

    def count_raises_since(self, identity: str, at_us: int) -> int:
        return sum(raised > at_us for raised in self.raised_at_us.get(identity, ()))
