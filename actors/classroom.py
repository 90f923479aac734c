"""The classroom: the only door from the gateway to the actors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import trio

from ..engine.errors import ActorError, ActorGone, RemoteProtocolError, RequestDenied
from ..engine.ids import ConnectionId, ParticipantId, RoomId, new_participant_id
from ..engine.journal import JournalMeter
from ..engine.protocol.client import ClientRequest, MediaOffer
from ..engine.protocol.codec import encode_server
from ..engine.runtime import ActorRef, ChildSpec, StopCause, Supervisor
from ..metrics.readings import ClassroomStatistics, JoinResult
from .counters import ClassroomCounters
from .directory import DirectoryActor, OpenRooms
from .file_desk import FileDesk
from .file_service import FileService
from .lifecycle import GOODBYES
from .media_events import MediaEvents
from .messages import ConnectionLost, FromClient, JoinRequest, ParticipantMessage, ResumeRequest
from .outlets import Outlets
from .prepared import PreparedTransports
from .refusals import to_refusal
from .resume_tokens import ResumeTokens
from .retention import Retention
from .room_messages import (
    ChooseScheduler,
    CloseRoom,
    DirectoryMessage,
    OpenRoom,
    RecoverRooms,
    ReleaseRoom,
)
from .room_tree import start_participant
from .seams import Media, Table
from .site import RoomSite, Services
from .templates import Templates

__all__ = ["Classroom", "JoinRequest", "ResumeRequest", "open_classroom"]

JOIN_TIMEOUT_S: Final = 15.0  # A room of a long session may have to be read first.


class Classroom:
    """Made by `open_classroom`. For the trio thread only."""

    def __init__(
        self, services: Services, rooms: OpenRooms, directory: ActorRef[DirectoryMessage]
    ) -> None:
        self._services = services
        services.media_events.on_unclaimed_end = services.prepared.note_end
        self._rooms = rooms
        self._directory = directory
        self.files = FileDesk(services)
        self.retention = Retention(services.files, services.data_dir, services.clock)
        # None: joining, and its actor has not started yet.
        self._participants: dict[ConnectionId, ActorRef[ParticipantMessage] | None] = {}

    @property
    def counters(self) -> ClassroomCounters:
        """What happened since the start; read by the metrics."""
        return self._services.counters

    def prepare(self, connection_id: ConnectionId, offer: MediaOffer, token: str) -> str:
        """Open the media of somebody who is about to join; return the answer.

        It waits for a `JoinRequest` of the same connection, or ends with `connection_lost`.

        Args:
            token: The one it was allowed by; each may have so many.

        Raises:
            RequestDenied: `media.busy`.
            RemoteProtocolError: `sdp.…`.
        """
        return self._services.prepared.open(connection_id, offer, token)

    async def join(self, request: JoinRequest) -> None:
        """Let somebody in; the `Welcome` goes out by the outlets before this returns.

        Who must wait at the door is told so (`Waiting`), and this returns: the rest comes later.

        Cancel-safe: who is cancelled has not joined, or has left again.

        Raises:
            RequestDenied: `room.closed`, `room.unknown_template`, or a plugin's.
            RemoteProtocolError: `sdp.…`.
            EmporionError: The room cannot be opened or reached.
        """
        try:
            has_joined = await self._join(request)
        except Exception as error:
            self._count_refusal(error)
            raise
        if has_joined:
            self.counters.count_join(JoinResult.JOINED)

    async def resume(self, request: ResumeRequest) -> ParticipantId:
        """Take up a participant on a new connection; `Resumed` goes out before this returns.

        Raises:
            RequestDenied: `resume.expired`: join again.
            ActorError: The room cannot be reached now; the token is still good.
        """
        path = self._services.resume_tokens.path_of(request.resume_token)
        ref = self._services.registry.get(path) if path is not None else None
        if ref is None:
            self.counters.count_join(JoinResult.DENIED)
            raise RequestDenied("You have been away for too long.", code="resume.expired")
        self._participants[request.connection_id] = ref
        try:
            participant_id: ParticipantId = await ref.ask(request)
        except BaseException as error:
            self._count_refusal(error)
            self.connection_lost(request.connection_id)
            raise
        self.counters.count_join(JoinResult.RESUMED)
        return participant_id

    def deliver(self, connection_id: ConnectionId, request: ClientRequest) -> None:
        """Hand over a later message of a client; whatever the answer is goes out by the outlets."""
        ref = self._participants.get(connection_id)
        if ref is None:
            return  # It was told goodbye; this was on its way.
        try:
            ref.tell(FromClient(connection_id=connection_id, request=request))
        except ActorError as error:
            refusal = encode_server(to_refusal(error, request.ref))
            self._services.outlets.send(connection_id, refusal)

    def connection_lost(self, connection_id: ConnectionId) -> None:
        """A connection has ended, however it did. Twice is once."""
        self._services.prepared.close(connection_id)
        ref = self._participants.pop(connection_id, None)
        if ref is not None:
            ref.tell(ConnectionLost(connection_id=connection_id))

    async def close_room(self, name: str) -> bool:
        """Close a room and its session; everybody is told goodbye. False: it is not open."""
        closed: bool = await self._directory.ask(CloseRoom(name=name), timeout_s=JOIN_TIMEOUT_S)
        return closed

    def scheduler(self, room: str) -> tuple[str, tuple[str, ...]]:
        """Return which scheduler decides in an open room, and which there are.

        Raises:
            RequestDenied: `room.unknown`.
        """
        site = self._open_site(room)
        chosen = site.book.state.scheduler if site.book is not None else ""
        return site.template.scheduler_name(chosen), tuple(site.template.schedulers)

    async def choose_scheduler(self, room: str, name: str) -> None:
        """Have another scheduler decide in an open room, from outside of it.

        Raises:
            RequestDenied: `room.unknown`, `scheduler.unknown`.
            ActorError: The room cannot be reached.
        """
        ref = self._open_site(room).room
        if ref is None:
            raise ActorGone(f"room {room!r} is restarting")
        await ref.ask(ChooseScheduler(by=None, scheduler=name))

    def _open_site(self, room: str) -> RoomSite:
        site = self._rooms.find(room)
        if site is None:
            raise RequestDenied("There is no such room now.", code="room.unknown")
        return site

    def say_goodbye(self) -> None:
        """The server stops: tell every client at once, before the actors end one by one."""
        payload = encode_server(GOODBYES[StopCause.SERVER_STOPPING])
        for connection_id in tuple(self._participants):
            self._services.outlets.close(connection_id, payload)
        for site in self._rooms.by_id.values():
            for room in site.rooms:
                room.delivery.dismiss()

    def statistics(self) -> ClassroomStatistics:
        """A snapshot for the metrics."""
        file_bytes = self._services.files.store.usage.total_bytes
        return self.counters.statistics(file_bytes=file_bytes)

    def _count_refusal(self, error: BaseException) -> None:
        is_theirs = isinstance(error, RequestDenied | RemoteProtocolError | trio.Cancelled)
        self.counters.count_join(JoinResult.DENIED if is_theirs else JoinResult.FAILED)

    async def _join(self, request: JoinRequest) -> bool:
        lease = request.connection_id
        self._participants[request.connection_id] = None
        try:
            room_id: RoomId = await self._directory.ask(
                OpenRoom(name=request.room, template=request.template, lease=lease),
                timeout_s=JOIN_TIMEOUT_S,
            )
            site = self._rooms.by_id.get(room_id)
            if site is None:
                raise ActorGone(f"room {room_id} has just ended")
            return await self._start_participant(site, request)
        except BaseException:
            self._participants.pop(request.connection_id, None)
            raise
        finally:
            self._directory.tell(ReleaseRoom(name=request.room, lease=lease))

    async def _start_participant(self, site: RoomSite, request: JoinRequest) -> bool:
        participant_id = new_participant_id()
        try:
            ref = await start_participant(site, participant_id, request)
            if request.connection_id not in self._participants:
                raise RequestDenied("The connection was lost.", code="connection.lost")
            # Known before it has joined, so that a connection lost meanwhile is not missed.
            self._participants[request.connection_id] = ref
            has_joined: bool = await ref.ask(request, timeout_s=JOIN_TIMEOUT_S)
        except BaseException:
            with trio.CancelScope(shield=True):
                await site.supervisor.stop_child(participant_id, StopCause.LEFT)
            raise
        return has_joined


@asynccontextmanager
async def open_classroom(
    supervisor: Supervisor,
    *,
    templates: Templates,
    outlets: Outlets,
    media: Media,
    table: Table,
    media_events: MediaEvents,
    data_dir: Path,
    server_version: str,
    journal_meter: JournalMeter | None = None,
    files: FileService | None = None,
    uses_threads: bool = True,
) -> AsyncIterator[Classroom]:
    """Start the directory and the rooms under a supervisor, and open again what was open.

    Args:
        supervisor: Gets the children `rooms` and `directory`; its registry and clock are used.
        media_events: Its `handle` is the media service's `on_event`; its counters are used.
        data_dir: Holds `rooms/` (what is open), `sessions/` (journals) and `files/`.
        files: None: with the defaults.
        uses_threads: For the disk. False: on the loop, for tests with an autojump clock.
    """
    services = Services(
        registry=supervisor.registry,
        clock=supervisor.clock,
        outlets=outlets,
        media=media,
        table=table,
        media_events=media_events,
        templates=templates,
        data_dir=data_dir,
        counters=media_events.counters,
        resume_tokens=ResumeTokens(),
        journal_meter=journal_meter or JournalMeter(),
        uses_threads=uses_threads,
        directory_path=f"{supervisor.path}/directory",
        server_version=server_version,
        files=files or FileService.at(data_dir / "files", uses_threads=uses_threads),
        prepared=PreparedTransports(media),
    )
    rooms = await supervisor.start_supervisor("rooms")
    open_rooms = OpenRooms()
    directory = await supervisor.start_child(
        ChildSpec(
            name="directory",
            factory=lambda: DirectoryActor(services, open_rooms, rooms),
            mailbox_size=16_384,
        )
    )
    classroom = Classroom(services, open_rooms, directory)
    directory.tell(RecoverRooms())
    try:
        yield classroom
    finally:
        classroom.say_goodbye()
        with trio.CancelScope(shield=True):
            await supervisor.stop_child("directory", StopCause.SERVER_STOPPING)
            await supervisor.stop_child("rooms", StopCause.SERVER_STOPPING)
