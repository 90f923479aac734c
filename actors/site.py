"""Where a room's actors find each other, and what they share; it survives all their crashes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..engine.clock import Clock
from ..engine.errors import ActorGone
from ..engine.ids import FileId, ParticipantId, RoomId, SessionId, TrackId
from ..engine.journal import JournalMeter
from ..engine.runtime import ActorRef, Registry, Supervisor
from ..plugins.api import OfferedTrack
from ..plugins.views import FileView
from .counters import ClassroomCounters
from .delivery import Delivery
from .door import Door
from .file_service import FileService
from .media_events import MediaEvents
from .messages import ParticipantMessage, PluginMessage, TrackMessage
from .outlets import Outlets
from .plugin_signals import SignalQueue
from .policy_states import FoldedState
from .prepared import PreparedTransports
from .resume_tokens import ResumeTokens
from .room_messages import DirectoryMessage, RoomMessage
from .seams import Media, Table
from .templates import Template, Templates

if TYPE_CHECKING:
    from .book import RoomBook
    from .groups import House

# Above so many places, who comes and goes is told to the hosts only, until they publish:
# nobody is sent 10,000 joins (DESIGN §1.1).
LARGE_ROOM_PLACES: Final = 200


async def _journal_is_not_open(seq: int) -> None:
    raise ActorGone(f"the journal is not open, so that its entry {seq} cannot be waited for")


@dataclass(frozen=True, slots=True)
class Services:
    """What the actors of one node share."""

    registry: Registry
    clock: Clock
    outlets: Outlets
    media: Media
    table: Table
    media_events: MediaEvents
    templates: Templates
    data_dir: Path
    counters: ClassroomCounters
    resume_tokens: ResumeTokens
    journal_meter: JournalMeter
    uses_threads: bool  # For the disk. False: tests with an autojump clock.
    directory_path: str
    server_version: str
    files: FileService
    prepared: PreparedTransports

    @property
    def directory(self) -> ActorRef[DirectoryMessage] | None:
        return self.registry.get(self.directory_path)


@dataclass(slots=True)
class RoomSite:
    """One open room, as long as its supervisor lives."""

    services: Services
    room_id: RoomId
    name: str
    template: Template
    session_id: SessionId
    supervisor: Supervisor
    delivery: Delivery
    main: "RoomSite | None" = None  # Of a group: the room that it belongs to.
    # Of a main room: its open groups, and the participants of the house that are in one of them.
    groups: dict[RoomId, "RoomSite"] = field(default_factory=dict)
    whereabouts: dict[ParticipantId, "RoomSite"] = field(default_factory=dict)
    house: "House | None" = None  # Of a main room: opens and closes its groups.
    # Of a main room: who is heard in all groups as well, and their microphones.
    callers: frozenset[ParticipantId] = frozenset()
    calls: tuple[OfferedTrack, ...] = ()
    door: Door = field(default_factory=Door)
    room_runs: int = 0  # Of the RoomActor.
    # Who saves data, and so hears fewer voices than it has slots.
    savers: set[ParticipantId] = field(default_factory=set)
    leases: set[str] = field(default_factory=set)  # Joins under way; the directory's.
    # The newest known state of each plugin with a fold; see `policy_states`.
    plugin_states: dict[str, FoldedState] = field(default_factory=dict)
    _signals: dict[str, SignalQueue] = field(default_factory=dict)
    book: "RoomBook | None" = None  # Of the RoomActor that runs now, to read from.
    session_now_us: Callable[[], int] = lambda: 0  # The journal's clock, once it is open.
    wait_durable: Callable[[int], Awaitable[None]] = _journal_is_not_open
    find_file: Callable[[FileId], FileView | None] = lambda _: None

    def signals_of(self, plugin: str) -> SignalQueue:
        """Return what waits for a plugin."""
        queue = self._signals.get(plugin)
        if queue is None:
            queue = self._signals[plugin] = SignalQueue()
        return queue

    @property
    def is_large(self) -> bool:
        return self.template.limits.max_participants > LARGE_ROOM_PLACES

    @property
    def room(self) -> ActorRef[RoomMessage] | None:
        return self.services.registry.get(f"{self.supervisor.path}/room")

    @property
    def home(self) -> "RoomSite":
        """The main room: itself, unless it is a group."""
        return self.main or self

    @property
    def rooms(self) -> tuple["RoomSite", ...]:
        """All rooms of the house, the main room first."""
        return (self.home, *self.home.groups.values())

    @property
    def members(self) -> Supervisor:
        """Has the actors of the house's participants and tracks, in whichever room they are."""
        return self.home.supervisor

    def site_of(self, participant_id: ParticipantId) -> "RoomSite":
        """Return the room of the house in which a participant is."""
        return self.home.whereabouts.get(participant_id, self.home)

    def participant(self, participant_id: ParticipantId) -> ActorRef[ParticipantMessage] | None:
        return self.services.registry.get(f"{self.members.path}/{participant_id}")

    def track(self, track_id: TrackId) -> ActorRef[TrackMessage] | None:
        return self.services.registry.get(f"{self.members.path}/{track_id}/track")

    def plugin(self, name: str) -> ActorRef[PluginMessage] | None:
        return self.services.registry.get(f"{self.supervisor.path}/plugin-{name}/{name}")
