"""A whole classroom on fake media and recorded outlets, for tests of it and of its plugins."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import trio
import trio.testing

from ..actors.classroom import Classroom, open_classroom
from ..actors.file_service import FileService
from ..actors.media_events import MediaEvents
from ..actors.messages import Reschedule
from ..actors.room_messages import SpeakersTick
from ..actors.site import RoomSite
from ..actors.templates import resolve_templates
from ..engine.config import RoomsConfig, RoomTemplate
from ..engine.grants import grants_of_role
from ..engine.ids import ConnectionId, TransportId
from ..engine.journal import Entry, read_journal
from ..engine.protocol.envelope import ServerMessage
from ..engine.protocol.server import RequestFailed
from ..engine.runtime import Supervisor, open_supervisor
from ..engine.testing.fake_media import FakeMedia
from ..engine.testing.fake_renderer import FakeRenderer
from ..engine.testing.recording_outlets import RecordingOutlets
from ..plugins.host import BUILT_INS, LoadedPlugin, PluginHost
from .client import Client


def one_template(**limits: Any) -> RoomsConfig:
    """Rooms with the template `class`, changed as a test needs it."""
    template = msgspec.structs.replace(RoomTemplate(), **limits)
    return RoomsConfig(templates={"class": template})


@dataclass
class ClassroomRig:
    """One node's classroom."""

    classroom: Classroom
    supervisor: Supervisor
    outlets: RecordingOutlets
    media: FakeMedia
    data_dir: Path
    host: PluginHost
    transports: dict[ConnectionId, set[TransportId]] = field(default_factory=dict)

    def client(
        self, identity: str, role: str = "merchant", *, room: str = "shop", **grants: Any
    ) -> Client:
        own = msgspec.structs.replace(grants_of_role(role), **grants)  # type: ignore[arg-type]  # A role's name.
        return Client(self, identity, identity.title(), own, room)

    def plugin(self, name: str) -> LoadedPlugin:
        """A plugin as the host has loaded it."""
        (plugin,) = self.host.for_template("class", [name]).plugins
        return plugin

    def ref(self, ending: str) -> Any:
        """Find the one actor whose path ends so."""
        registry = self.supervisor.registry
        paths = [path for path in registry if path.endswith(ending)]
        assert len(paths) == 1, (ending, sorted(registry))
        return registry.get(paths[0])

    def site(self) -> RoomSite:
        """What the actors of the only room share."""
        (site,) = self.classroom._rooms.by_id.values()
        return site

    def open_rooms(self) -> list[str]:
        """The paths of all RoomActors."""
        return [path for path in self.supervisor.registry if path.endswith("/room")]

    def paths(self, part: str = "") -> list[str]:
        return [path for path in self.supervisor.registry if part in path]

    async def crash(self, ending: str) -> Any:
        """Make an actor crash by a message that is not for it; return its ref."""
        ref = self.ref(ending)
        wrong: Any = SpeakersTick() if "/PA_" in ref.path else Reschedule()
        ref.tell(wrong)
        await self.settle()
        return ref

    def journal(self) -> list[Entry]:
        """All entries of the only session, as they are on disk."""
        (path,) = (self.data_dir / "sessions").glob("*.journal")
        return list(read_journal(path))

    def journal_of(self, room: str) -> list[Entry]:
        """All entries of the session of an open room, as they are on disk."""
        site = self.classroom._rooms.find(room)
        assert site is not None, f"{room} is not open"
        return self.journal_at(site)

    def journal_at(self, site: RoomSite) -> list[Entry]:
        """All entries of the session of a room or a group, as they are on disk."""
        return list(read_journal(self.data_dir / "sessions" / f"{site.session_id}.journal"))

    async def settle(self) -> None:
        """Let everything that was told be handled."""
        await trio.testing.wait_all_tasks_blocked()


@asynccontextmanager
async def open_rig(
    data_dir: Path,
    *,
    rooms: RoomsConfig | None = None,
    plugins: Mapping[str, type] | None = None,
    options: Mapping[str, Any] | None = None,
    is_strict: bool = True,
) -> AsyncIterator[ClassroomRig]:
    """Open a classroom in a folder; it can be opened there again afterwards.

    Args:
        is_strict: Encode and decode every message of the actors. False: to measure.
    """
    host = PluginHost.load(options, classes={**BUILT_INS, **(plugins or {})})
    templates = resolve_templates(rooms or RoomsConfig(), host)
    events = MediaEvents()
    media = FakeMedia(on_event=events.handle)
    outlets = RecordingOutlets()
    async with (
        open_supervisor("node", strict=is_strict) as supervisor,
        open_classroom(
            supervisor,
            templates=templates,
            outlets=outlets,
            media=media,
            table=media,
            media_events=events,
            data_dir=data_dir,
            server_version="0.0.test",
            files=FileService.at(data_dir / "files", renderer=FakeRenderer(), uses_threads=False),
            uses_threads=False,
        ) as classroom,
    ):
        yield ClassroomRig(classroom, supervisor, outlets, media, data_dir, host)


def failed(answer: ServerMessage) -> str:
    """Return the code of a refused request."""
    assert isinstance(answer, RequestFailed), answer
    return answer.code
