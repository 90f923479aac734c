"""What breakouts know: the plan and the people in the main room, or a group from inside."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..engine.ids import ParticipantId, RoomId
from .api import PersistentDict
from .breakouts_messages import (
    Announcement,
    By,
    GroupBody,
    HelpCall,
    Late,
    LostGroup,
    SummaryBody,
    VoiceBody,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the house. `group_id` None: in the main room."""

    participant_id: ParticipantId
    identity: str
    name: str
    role: str
    hidden: bool
    group_id: RoomId | None = None

    @property
    def is_host(self) -> bool:
        return self.role in ("host", "assistant")

    @property
    def is_assignable(self) -> bool:
        return self.role == "merchant" and not self.hidden


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is or was in this group; `since_us` None: is not there now."""

    name: str
    is_host: bool
    stayed_us: int = 0
    since_us: int | None = None


@dataclass(frozen=True, slots=True)
class OwnGroup:
    """The group that this room is. `visitors`: by identity, in the order of coming."""

    number: int
    name: str
    help_asked_by: str | None = None
    has_ended: bool = False
    announcement: Announcement | None = None
    begun_us: int = 0
    visitors: PersistentDict[str, Visitor] = field(default_factory=PersistentDict)
    messages_total: int = 0


@dataclass(frozen=True, slots=True)
class BreakoutsState:
    """See the module. `phase`: "none", "planned" or "open".

    `rooms`: the groups that the journal has as opened and not as closed; more than the plan's while
    they are being opened and closed. `away_by_choice`: identities that went back themselves, or
    were called back alone; `stranded`: those of them whose group broke down. `unread`: groups that
    broke down and whose journals were not read yet; `lost`: those of this plan, for people to see.
    `changed_at_us`: when hosts did something; `asked`: how often others.
    """

    phase: str = "none"
    groups: tuple[GroupBody, ...] = ()
    by: By = "even"
    may_return: bool = True
    late: Late = "fewest"
    assignment: PersistentDict[str, int] = field(default_factory=PersistentDict)
    away_by_choice: frozenset[str] = frozenset()
    stranded: frozenset[str] = frozenset()
    ends_at_us: int | None = None
    is_closing: bool = False
    people: PersistentDict[ParticipantId, Person] = field(default_factory=PersistentDict)
    away: Mapping[ParticipantId, Person] = field(default_factory=dict)
    rooms: tuple[RoomId, ...] = ()
    help: Mapping[int, HelpCall] = field(default_factory=dict)
    unread: tuple[GroupBody, ...] = ()
    lost: tuple[LostGroup, ...] = ()
    opened_us: int = 0
    reopened_us: Mapping[int, int] = field(default_factory=dict)  # By number.
    voice: VoiceBody | None = None  # Who is heard in all groups.
    summaries: tuple[SummaryBody, ...] = ()
    own: OwnGroup | None = None
    changed_at_us: tuple[int, ...] = ()
    asked: PersistentDict[ParticipantId, int] = field(default_factory=PersistentDict)

    def group(self, number: int | None) -> GroupBody | None:
        return next((group for group in self.groups if group.number == number), None)

    def number_of(self, group_id: RoomId | None) -> int | None:
        found = (group.number for group in self.groups if group.group_id == group_id)
        return next(found, None) if group_id is not None else None

    def everybody(self) -> tuple[Person, ...]:
        """All who are in the house, those in the main room first."""
        return (*self.people.values(), *self.away.values())

    def sizes(self) -> dict[int, int]:
        """How many are assigned to each group."""
        sizes = {group.number: 0 for group in self.groups}
        for number in self.assignment.values():
            if number in sizes:
                sizes[number] += 1
        return sizes

    def count_changes_since(self, at_us: int) -> int:
        return sum(changed > at_us for changed in self.changed_at_us)
