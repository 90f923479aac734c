"""Where a room's actors find each other, and what they share; it survives all their crashes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..engine.clock import Clock
from ..engine.ids import ParticipantId, RoomId, SessionId, TrackId
from ..engine.journal import JournalMeter
from ..engine.runtime import ActorRef, Registry, Supervisor
from .counters import ClassroomCounters
from .delivery import Delivery
from .media_events import MediaEvents
from .messages import ParticipantMessage, PluginMessage, TrackMessage
from .outlets import Outlets
from .resume_tokens import ResumeTokens
from .room_messages import DirectoryMessage, RoomMessage
from .seams import Media, Table
from .templates import Template, Templates

# Above so many places, who comes and goes is told to the hosts only, until they publish:
# nobody is sent 10,000 joins (DESIGN §1.1).
LARGE_ROOM_PLACES: Final = 200


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
    room_runs: int = 0  # Of the RoomActor.
    leases: set[str] = field(default_factory=set)  # Joins under way; the directory's.
    session_now_us: Callable[[], int] = lambda: 0  # The journal's clock, once it is open.

    @property
    def is_large(self) -> bool:
        return self.template.limits.max_participants > LARGE_ROOM_PLACES

    @property
    def room(self) -> ActorRef[RoomMessage] | None:
        return self.services.registry.get(f"{self.supervisor.path}/room")

    def participant(self, participant_id: ParticipantId) -> ActorRef[ParticipantMessage] | None:
        return self.services.registry.get(f"{self.supervisor.path}/{participant_id}")

    def track(self, track_id: TrackId) -> ActorRef[TrackMessage] | None:
        return self.services.registry.get(f"{self.supervisor.path}/{track_id}/track")

    def plugin(self, name: str) -> ActorRef[PluginMessage] | None:
        return self.services.registry.get(f"{self.supervisor.path}/plugin-{name}/{name}")
