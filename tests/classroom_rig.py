"""A whole classroom on fake media and recorded outlets, and clients that speak to it."""

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import structlog
import trio

from emporion.actors.classroom import Classroom, JoinRequest, ResumeRequest, open_classroom
from emporion.actors.media_events import MediaEvents
from emporion.actors.messages import Reschedule
from emporion.actors.room_messages import SpeakersTick
from emporion.actors.templates import resolve_templates
from emporion.engine.config import RoomsConfig, RoomTemplate
from emporion.engine.grants import Grants, grants_of_role
from emporion.engine.ids import ConnectionId, ParticipantId, TrackId, TransportId, new_connection_id
from emporion.engine.journal import Entry, read_journal
from emporion.engine.media import Source
from emporion.engine.protocol.client import (
    ClientRequest,
    Leave,
    MediaOffer,
    PluginRequest,
    PublishTrack,
    SendLine,
    SetView,
    Tile,
)
from emporion.engine.protocol.envelope import ServerMessage
from emporion.engine.protocol.server import (
    Goodbye,
    RequestFailed,
    RequestSucceeded,
    Resumed,
    ServerPush,
    SlotsChanged,
    TrackPublished,
    Welcome,
)
from emporion.engine.protocol.things import EntryInfo, SlotView
from emporion.engine.runtime import Supervisor, open_supervisor
from emporion.engine.testing.fake_media import FakeMedia, fake_offer
from emporion.engine.testing.recording_outlets import RecordingOutlets
from emporion.plugins.host import BUILT_INS, PluginHost

# Tracebacks with all locals, structlog's default where `rich` is installed, take a second each.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

SOURCES = {"0": Source.MICROPHONE, "1": Source.CAMERA, "2": Source.SCREEN}
WAIT_S = 5.0


def one_template(**limits: Any) -> RoomsConfig:
    """Rooms with the template `class`, changed as a test needs it."""
    template = msgspec.structs.replace(RoomTemplate(), **limits)
    return RoomsConfig(templates={"class": template})


@dataclass
class Client:
    """A page: one connection at a time, and what it was told."""

    rig: "ClassroomRig"
    identity: str
    name: str
    grants: Grants
    room: str = "shop"
    template: str | None = None
    connection_id: ConnectionId = field(default_factory=new_connection_id)
    welcome: Welcome | None = None
    _refs: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def participant_id(self) -> ParticipantId:
        assert self.welcome is not None
        return self.welcome.participant_id

    @property
    def transport_id(self) -> TransportId:
        """The transport that answered this client's offer."""
        (transport_id,) = self.rig.transports[self.connection_id]
        return transport_id

    def shown(self) -> dict[int, TrackId]:
        """What the forwarder sends in each slot."""
        rows = self.rig.media.shown(self.transport_id)
        return {slot: track_id for slot, (track_id, _) in rows.items()}

    async def join(self, *, media: bool = True, audio: int = 3, video: int = 4) -> Welcome:
        offer = None
        if media:
            lines = tuple(SendLine(mid=mid, source=source) for mid, source in SOURCES.items())
            offer = MediaOffer(sdp=fake_offer(audio=audio, video=video), send_lines=lines)
        return await self.join_with(offer)

    async def join_with(self, offer: MediaOffer | None) -> Welcome:
        before = set(self.rig.media.transports)
        await self.rig.classroom.join(
            JoinRequest(
                connection_id=self.connection_id,
                ref=next(self._refs),
                room=self.room,
                template=self.template,
                identity=self.identity,
                name=self.name,
                grants=self.grants,
                media=offer,
            )
        )
        self.rig.transports[self.connection_id] = set(self.rig.media.transports) - before
        welcome: Welcome = self.got(Welcome)[-1]
        self.welcome = welcome
        return welcome

    def leave(self) -> None:
        self.send(Leave)

    def lose_connection(self) -> None:
        self.rig.classroom.connection_lost(self.connection_id)

    async def resume(self, token: str, last_seq: int) -> Resumed:
        old, self.connection_id = self.connection_id, new_connection_id()
        self.rig.transports[self.connection_id] = self.rig.transports.get(old, set())
        await self.rig.classroom.resume(
            ResumeRequest(
                connection_id=self.connection_id,
                ref=next(self._refs),
                resume_token=token,
                last_seq=last_seq,
            )
        )
        resumed: Resumed = self.got(Resumed)[-1]
        return resumed

    def send(self, request_type: type[ClientRequest], **fields: Any) -> int:
        ref = next(self._refs)
        self.rig.classroom.deliver(self.connection_id, request_type(ref=ref, **fields))
        return ref

    async def ask(self, request_type: Any, **fields: Any) -> ServerPush:
        """Send a request and wait for its answer."""
        ref = self.send(request_type, **fields)
        return await self.answer(ref)

    async def answer(self, ref: int) -> ServerPush:
        with trio.fail_after(WAIT_S):
            await self.rig.outlets.wait_until(lambda: self._answer(ref) is not None)
        answer = self._answer(ref)
        assert answer is not None
        return answer

    def _answer(self, ref: int) -> ServerPush | None:
        messages = self.rig.outlets.received[self.connection_id]
        return next((m for m in messages if getattr(m, "ref", None) == ref), None)

    async def publish(self, source: Source, **fields: Any) -> TrackId:
        answer = await self.ask(PublishTrack, source=source, **fields)
        assert isinstance(answer, TrackPublished), answer
        return answer.track_id

    async def plugin(self, plugin: str, **body: Any) -> ServerPush:
        raw = msgspec.Raw(msgspec.msgpack.encode(body))
        return await self.ask(PluginRequest, plugin=plugin, body=raw)

    async def say(self, text: str, to: list[ParticipantId] | None = None) -> ServerPush:
        return await self.plugin("chat", type="send_message", text=text, to=to)

    async def view(self, *track_ids: TrackId, height_px: int = 360, hidden: bool = False) -> None:
        tiles = tuple(
            Tile(track_id=track_id, width_px=height_px * 16 // 9, height_px=height_px)
            for track_id in track_ids
        )
        answer = await self.ask(SetView, tiles=tiles, hidden=hidden)
        assert isinstance(answer, RequestSucceeded), answer

    def got(self, kind: type[Any]) -> list[Any]:
        return self.rig.outlets.of_type(self.connection_id, kind)

    def entries(self, kind: str | None = None) -> list[EntryInfo]:
        entries = self.rig.outlets.entries(self.connection_id)
        return [entry for entry in entries if kind in (None, entry.kind)]

    def bodies(self, kind: str) -> list[Any]:
        return [msgspec.msgpack.decode(entry.body) for entry in self.entries(kind)]

    async def wait_entry(self, kind: str, count: int = 1) -> Any:
        """Wait for the n-th entry of a kind and return its body."""
        with trio.fail_after(WAIT_S):
            await self.rig.outlets.wait_until(lambda: len(self.entries(kind)) >= count)
        return self.bodies(kind)[count - 1]

    async def wait_goodbye(self) -> Goodbye:
        with trio.fail_after(WAIT_S):
            outlets = self.rig.outlets
            await outlets.wait_until(lambda: outlets.goodbye(self.connection_id) is not None)
        goodbye = self.rig.outlets.goodbye(self.connection_id)
        assert goodbye is not None
        return goodbye

    def slot_views(self) -> dict[int, SlotView]:
        """What the page believes of its slots."""
        views: dict[int, SlotView] = {}
        for push in self.got(SlotsChanged):
            views.update((view.slot, view) for view in push.slot_views)
        return views

    async def wait_shown(self, track_id: TrackId) -> SlotView:
        """Wait until some slot shows a track."""

        def find() -> SlotView | None:
            views = self.slot_views().values()
            return next(
                (v for v in views if v.track_id == track_id and v.rtp_timestamp is not None), None
            )

        with trio.fail_after(WAIT_S):
            await self.rig.outlets.wait_until(lambda: find() is not None)
        view = find()
        assert view is not None
        return view


@dataclass
class ClassroomRig:
    """One node's classroom."""

    classroom: Classroom
    supervisor: Supervisor
    outlets: RecordingOutlets
    media: FakeMedia
    data_dir: Path
    transports: dict[ConnectionId, set[TransportId]] = field(default_factory=dict)

    def client(
        self, identity: str, role: str = "merchant", *, room: str = "shop", **grants: Any
    ) -> Client:
        own = msgspec.structs.replace(grants_of_role(role), **grants)  # type: ignore[arg-type]  # A role's name.
        return Client(self, identity, identity.title(), own, room)

    def ref(self, ending: str) -> Any:
        """Find the one actor whose path ends so."""
        registry = self.supervisor.registry
        paths = [path for path in registry if path.endswith(ending)]
        assert len(paths) == 1, (ending, sorted(registry))
        return registry.get(paths[0])

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
) -> AsyncIterator[ClassroomRig]:
    """Open a classroom in a folder; it can be opened there again afterwards."""
    host = PluginHost.load(options, classes={**BUILT_INS, **(plugins or {})})
    templates = resolve_templates(rooms or RoomsConfig(), host)
    events = MediaEvents()
    media = FakeMedia(on_event=events.handle)
    outlets = RecordingOutlets()
    async with (
        open_supervisor("node", strict=True) as supervisor,
        open_classroom(
            supervisor,
            templates=templates,
            outlets=outlets,
            media=media,
            table=media,
            media_events=events,
            data_dir=data_dir,
            server_version="0.0.test",
            uses_threads=False,
        ) as classroom,
    ):
        yield ClassroomRig(classroom, supervisor, outlets, media, data_dir)


def failed(answer: ServerMessage) -> str:
    """Return the code of a refused request."""
    assert isinstance(answer, RequestFailed), answer
    return answer.code
