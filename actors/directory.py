"""The directory actor: opens and closes rooms, and knows which are open."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar, assert_never

import structlog
import trio

from ..engine.errors import ActorError, EmporionError
from ..engine.ids import RoomId, new_room_id, new_session_id
from ..engine.runtime import Actor, Restart, StopCause, Supervisor
from .open_sessions import OpenSession, OpenSessions
from .room_messages import (
    CheckEmpty,
    CloseRoom,
    DirectoryMessage,
    OpenRoom,
    PrepareClose,
    RecoverRooms,
    ReleaseRoom,
    RoomDown,
    RoomIsEmpty,
)
from .room_tree import start_room
from .site import RoomSite, Services

CLOSE_TIMEOUT_S: Final = 10.0

T = TypeVar("T")
_log = structlog.get_logger()


@dataclass(slots=True)
class OpenRooms:
    """The rooms of a node. Belongs to the classroom, so it outlives a crash of the directory."""

    by_id: dict[RoomId, RoomSite] = field(default_factory=dict)
    id_by_name: dict[str, RoomId] = field(default_factory=dict)

    def find(self, name: str) -> RoomSite | None:
        room_id = self.id_by_name.get(name)
        return self.by_id.get(room_id) if room_id is not None else None

    def add(self, site: RoomSite) -> None:
        self.by_id[site.room_id] = site
        self.id_by_name[site.name] = site.room_id

    def remove(self, site: RoomSite) -> None:
        self.by_id.pop(site.room_id, None)
        self.id_by_name.pop(site.name, None)


class DirectoryActor(Actor[DirectoryMessage], restart=Restart.PERMANENT):
    """Opens one room at a time, so that two who come first come into the same one."""

    def __init__(self, services: Services, rooms: OpenRooms, supervisor: Supervisor) -> None:
        self._services = services
        self._rooms = rooms
        self._supervisor = supervisor
        self._sessions = OpenSessions(services.data_dir)

    async def receive(self, message: DirectoryMessage) -> object:
        match message:
            case OpenRoom():
                return await self._open_for_join(message)
            case ReleaseRoom():
                self._release(message)
            case RoomIsEmpty(room_id=room_id):
                await self._close_empty(room_id)
            case CloseRoom(name=name):
                return await self._close_named(name)
            case RoomDown(room_id=room_id):
                await self._forget(room_id)
            case RecoverRooms():
                await self._recover()
            case _:
                assert_never(message)
        return None

    async def _open_for_join(self, message: OpenRoom) -> RoomId:
        site = self._rooms.find(message.name) or await self._open(message.name, message.template)
        site.leases.add(message.lease)
        return site.room_id

    async def _open(self, name: str, template_name: str | None) -> RoomSite:
        session = await self._on_disk(lambda: self._sessions.find(name))
        if session is None:
            template = self._services.templates.get(template_name)
            session = OpenSession(
                room_id=new_room_id(),
                session_id=new_session_id(),
                name=name,
                template=template.name,
            )
            await self._on_disk(lambda: self._sessions.add(session))
        else:
            self._services.counters.rooms_recovered += 1
        site = await start_room(self._services, self._supervisor, session)
        self._rooms.add(site)
        self._services.counters.rooms[site.template.name] += 1
        return site

    def _release(self, message: ReleaseRoom) -> None:
        site = self._rooms.find(message.name)
        if site is None:
            return
        site.leases.discard(message.lease)
        room = site.room
        if room is not None:
            room.tell(CheckEmpty())

    async def _close_empty(self, room_id: RoomId) -> None:
        site = self._rooms.by_id.get(room_id)
        # With a join under way it is not empty for long; `ReleaseRoom` makes it look again.
        if site is not None and not site.leases:
            await self._close(site, StopCause.ROOM_EMPTY, even_if_occupied=False)

    async def _close_named(self, name: str) -> bool:
        site = self._rooms.find(name)
        if site is None:
            return False
        return await self._close(site, StopCause.ROOM_CLOSED, even_if_occupied=True)

    async def _close(self, site: RoomSite, cause: StopCause, *, even_if_occupied: bool) -> bool:
        room = site.room
        if room is None:
            return False
        prepare = PrepareClose(cause=cause, even_if_occupied=even_if_occupied)
        try:
            if not await room.ask(prepare, timeout_s=CLOSE_TIMEOUT_S):
                return False
        except ActorError as error:
            _log.warning("room.close_failed", room_id=site.room_id, code=error.code)
            return False
        self._drop(site)
        if site.house is not None:
            await site.house.close_all(cause)
        await self._on_disk(lambda: self._sessions.remove(site.name))
        await self._supervisor.stop_child(site.room_id, cause)
        return True

    async def _forget(self, room_id: RoomId) -> None:
        """A room's supervisor gave up; its session stays open, and the next join opens it again."""
        site = self._rooms.by_id.get(room_id)
        if site is not None:
            self._drop(site)
            if site.house is not None:
                site.house.drop_all()
            await self._supervisor.stop_child(room_id)

    def _drop(self, site: RoomSite) -> None:
        self._rooms.remove(site)
        self._services.counters.rooms[site.template.name] -= 1

    async def _recover(self) -> None:
        """Open again what was open; a room that cannot be is logged, and the others are."""
        for session in await self._on_disk(self._sessions.all):
            if self._rooms.find(session.name) is not None:
                continue
            try:
                await self._open(session.name, session.template)
            except EmporionError as error:
                _log.error("room.recovery_failed", room=session.name, exc_info=error)

    async def _on_disk(self, function: Callable[[], T]) -> T:
        if self._services.uses_threads:
            return await trio.to_thread.run_sync(function)
        return function()
