"""The groups of a room: rooms of their own, below the room's supervisor, so that they end with it.

Participants and tracks are the house's, whichever of its rooms they are in. A group's session and
journal are named in the main room's journal; that is also how a group is found again after a
restart of the node.
"""

from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import structlog
import trio

from ..engine.errors import ActorError, ActorGone, JournalError, RequestDenied
from ..engine.ids import ParticipantId, RoomId, new_room_id, new_session_id
from ..engine.journal import ALL
from ..engine.runtime import ActorRef, Crash, Down, StopCause
from .delivery import Delivery
from .entries import RENAMED, GroupInfo, RenamedBody
from .group_messages import AddGroup, DropGroup, GetGroups, RenameGroup
from .messages import MoveTo
from .room_messages import AppendEntry, OfferTick, PrepareClose, RoomMessage
from .site import RoomSite

CLOSE_TIMEOUT_S: Final = 5.0
CRASHED: Final = "crashed"
KEPT_STATES: Final = 4  # A chat's is 3 MB at most, a board's 8.
NO_ENTRIES: Final = 2**62  # The entry is folded where it is appended, not by whom asks.

StartRoom = Callable[[RoomSite], Awaitable[ActorRef[RoomMessage]]]

_log = structlog.get_logger()


class House:
    """One main room with its groups; belongs to the main room's site."""

    def __init__(self, main: RoomSite, start_room: StartRoom) -> None:
        self._main = main
        self._start_room = start_room
        self._lock = trio.Lock()  # One start or end at a time.
        # What plugins have folded of closed groups, whose journals change no more.
        self._known: OrderedDict[tuple[RoomId, str], Any] = OrderedDict()  # Any: the plugin's own.

    async def open(self, name: str) -> RoomId:
        """Open a group; it is empty, and journaled in the main room.

        Raises:
            ActorError: The main room cannot be reached.
            JournalError: The group's journal cannot be opened.
        """
        group = GroupInfo(group_id=new_room_id(), session_id=new_session_id(), name=name)
        await self._ask_main(AddGroup(group=group))
        async with self._lock:
            await self._start(group)
        return group.group_id

    async def close(self, group_id: RoomId) -> bool:
        """End a group. False: somebody is in it, who is now called back; ask again.

        Raises:
            ActorError: A room cannot be reached.
        """
        async with self._lock:
            site = self._main.groups.get(group_id)
            if site is not None:
                if self._call_back(site):
                    return False
                await self._prepare_close(site, StopCause.ROOM_CLOSED)
            # What it holds can be read all the time: first of the room, then of its journal.
            await self._ask_main(DropGroup(group_id=group_id, cause=StopCause.ROOM_CLOSED))
            self._drop(group_id)
            await self._main.supervisor.stop_child(group_id, StopCause.ROOM_CLOSED)
        return True

    async def rename(self, group_id: RoomId, name: str) -> None:
        """Give a group another name, which those who are in it are told.

        Raises:
            RequestDenied: `groups.unknown`.
            ActorError: A room cannot be reached.
        """
        async with self._lock:
            site = self._find_group(group_id)
            await self._ask_main(RenameGroup(group_id=group_id, name=name))
            site.name = name
            body = msgspec.Raw(msgspec.msgpack.encode(RenamedBody(name=name)))
            await self._ask(
                site,
                AppendEntry(
                    author=None, kind=RENAMED, body=body, audience=ALL, after_seq=NO_ENTRIES
                ),
            )

    async def close_all(self, cause: StopCause) -> None:
        """The house closes: the groups' journals say so; their actors end with the main room's."""
        for site in tuple(self._main.groups.values()):
            await self._prepare_close(site, cause)
        self.drop_all()

    # Any: the plugin's own type.
    def known_state(self, group_id: RoomId, plugin: str) -> Any:
        """Return what `keep_state` was given for a closed group; None: nothing, or long ago."""
        return self._known.get((group_id, plugin))

    def keep_state(self, group_id: RoomId, plugin: str, state: Any) -> None:
        """Keep what a plugin has folded of a closed group, among the latest few."""
        self._known[group_id, plugin] = state
        if len(self._known) > KEPT_STATES:
            self._known.popitem(last=False)

    def drop_all(self) -> None:
        """The house is gone, and its groups with it."""
        for group_id in tuple(self._main.groups):
            self._drop(group_id)

    def move(self, participant_id: ParticipantId, room_id: RoomId) -> None:
        """Have a participant go to the main room or a group; no-op if there is no such one."""
        ref = self._main.participant(participant_id)
        if ref is not None:
            ref.tell(MoveTo(room_id=room_id))

    def speak_to_all(self, participant_ids: frozenset[ParticipantId]) -> None:
        """Let the microphones of these, if they are in the main room, be heard in all groups."""
        self._main.callers = participant_ids
        room = self._main.room
        if room is not None:
            room.tell(OfferTick())

    async def append(self, room_id: RoomId, message: AppendEntry) -> None:
        """Append an entry in the main room or a group.

        Raises:
            RequestDenied: `groups.unknown`.
            ActorError: The room cannot be reached.
        """
        await self._ask(self._find(room_id), message)

    async def resume(self) -> None:
        """Start the groups that are open by the journal, when the main room is opened again.

        Raises:
            ActorError: The main room cannot be reached.
        """
        groups: tuple[GroupInfo, ...] = await self._ask_main(GetGroups())
        async with self._lock:
            for group in groups:
                try:
                    await self._start(group)
                except JournalError as error:
                    _log.error("group.recovery_failed", room_id=group.group_id, exc_info=error)
                    await self._ask_main(DropGroup(group_id=group.group_id, cause=CRASHED))

    def _find(self, room_id: RoomId) -> RoomSite:
        return self._main if room_id == self._main.room_id else self._find_group(room_id)

    def _find_group(self, group_id: RoomId) -> RoomSite:
        site = self._main.groups.get(group_id)
        if site is None:
            raise RequestDenied("There is no such group.", code="groups.unknown")
        return site

    async def _start(self, group: GroupInfo) -> None:
        main = self._main
        if group.group_id in main.groups:
            return
        # Half a start, if the plugin crashed in the midst.
        await main.supervisor.stop_child(group.group_id)
        supervisor = await main.supervisor.start_supervisor(group.group_id)
        site = RoomSite(
            services=main.services,
            room_id=group.group_id,
            name=group.name,
            template=main.template.for_groups(),
            session_id=group.session_id,
            supervisor=supervisor,
            delivery=Delivery(main.services.outlets, main.services.counters),
            main=main,
        )
        try:
            room = await self._start_room(site)
        except BaseException:
            with trio.CancelScope(shield=True):
                await main.supervisor.stop_child(group.group_id)
            raise
        main.groups[group.group_id] = site
        self._groups_counter[main.template.name] += 1
        supervisor.watch(room, lambda down: self._handle_down(site, down))

    def _handle_down(self, site: RoomSite, down: Down) -> None:
        """A group's room gave up: who was in it comes back, with its media."""
        if not isinstance(down.reason, Crash):
            return
        self._drop(site.room_id)
        self._call_back(site)
        room = self._main.room
        if room is not None:
            room.tell(DropGroup(group_id=site.room_id, cause=CRASHED))

    def _drop(self, group_id: RoomId) -> None:
        if self._main.groups.pop(group_id, None) is not None:
            self._groups_counter[self._main.template.name] -= 1

    @property
    def _groups_counter(self) -> Counter[str]:
        return self._main.services.counters.groups

    def _call_back(self, site: RoomSite) -> bool:
        """Have everybody in a group come back; False: nobody is in it."""
        people = [key for key, its_site in self._main.whereabouts.items() if its_site is site]
        for participant_id in people:
            self.move(participant_id, self._main.room_id)
        return bool(people)

    async def _prepare_close(self, site: RoomSite, cause: StopCause) -> None:
        room = site.room
        if room is None:
            return
        prepare = PrepareClose(cause=cause, even_if_occupied=True)
        try:
            await room.ask(prepare, timeout_s=CLOSE_TIMEOUT_S)
        except ActorError as error:
            _log.warning("group.close_failed", room_id=site.room_id, code=error.code)

    # Any: a room's answer is of the message's own type.
    async def _ask_main(self, message: AddGroup | DropGroup | RenameGroup | GetGroups) -> Any:
        return await self._ask(self._main, message)

    async def _ask(self, site: RoomSite, message: RoomMessage) -> Any:
        room = site.room
        if room is None:
            raise ActorGone(f"room {site.room_id} has ended")
        return await room.ask(message)
