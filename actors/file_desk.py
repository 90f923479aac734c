"""The file desk: takes files into rooms and finds them again, for who has a ticket."""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path

import structlog

from ..engine.errors import ActorGone, RequestDenied
from ..engine.ids import FileId, SessionId
from ..engine.runtime import ActorRef
from ..plugins.views import FileView
from .file_tickets import FilePass
from .room_messages import AddFile, DropUpload, OpenUpload, RoomMessage, UploadPermit
from .site import RoomSite, Services

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FileOffer:
    """What a client says of a file before its first byte. `size_bytes` 0: it does not say."""

    ticket: str
    room: str  # By its name or its id.
    purpose: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, and the session that it belongs to."""

    view: FileView
    path: Path
    session_id: SessionId


class FileDesk:
    """For the trio thread only."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def find(self, ticket: str, file_id: str) -> FoundFile:
        """Find a file of the ticket's room, or of another one of its house: what a group has made
        is shown in the main room.

        Raises:
            RequestDenied: `files.no_ticket`, `files.unknown`.
        """
        own = self._pass_of(ticket).site
        for site in (own, *own.rooms):
            view = site.find_file(FileId(file_id))
            if view is not None:
                path = self._services.files.store.path_of(site.session_id, view.file_id)
                return FoundFile(view, path, site.session_id)
        raise RequestDenied("There is no such file in this room.", code="files.unknown")

    def find_page(self, ticket: str, file_id: str, page: int, size: str) -> Path:
        """Find where a rendered page of a file is, or would be.

        Raises:
            RequestDenied: `files.no_ticket`, `files.unknown`.
        """
        found = self.find(ticket, file_id)
        return self._services.files.store.page_path(
            found.session_id, found.view.file_id, page, size
        )

    async def take(self, offer: FileOffer, body: AsyncIterable[bytes]) -> FileView:
        """Bring a file into a room. Whatever happens in the midst, nothing of it is left behind.

        Cancel-safe: who is cancelled has brought nothing, or the whole file.

        Raises:
            RequestDenied: `files.…`, `participant.unknown`, `grant.missing`, or a plugin's.
            ActorError: The room cannot be reached.
            Exception: What reading the body raises.
        """
        counters = self._services.counters
        try:
            view = await self._take(offer, body)
        except RequestDenied as denial:
            counters.count_upload(denial.code)
            raise
        except BaseException:
            counters.count_upload("other")
            raise
        counters.count_upload("taken", view.size_bytes)
        return view

    async def _take(self, offer: FileOffer, body: AsyncIterable[bytes]) -> FileView:
        whose = self._pass_of(offer.ticket)
        if offer.room not in (whose.site.name, whose.site.room_id):
            raise RequestDenied("The ticket is for another room.", code="files.room_mismatch")
        permit: UploadPermit = await _room_of(whose.site).ask(
            OpenUpload(
                participant_id=whose.participant_id,
                purpose=offer.purpose,
                name=offer.name,
                size_bytes=offer.size_bytes,
            )
        )
        try:
            return await self._receive(whose, permit, offer, body)
        finally:
            room = whose.site.room
            if room is not None:
                room.tell(DropUpload(file_id=permit.file_id))

    async def _receive(
        self, whose: FilePass, permit: UploadPermit, offer: FileOffer, body: AsyncIterable[bytes]
    ) -> FileView:
        site = whose.site
        async with self._services.files.store.receive(
            site.session_id,
            permit.file_id,
            max_bytes=permit.max_bytes,
            media_types=permit.media_types,
            expected_bytes=offer.size_bytes,
        ) as incoming:
            async for data in body:
                await incoming.write(data)
            stored = await incoming.finish()
            view = FileView(
                file_id=permit.file_id,
                name=offer.name,
                media_type=stored.media_type,
                size_bytes=stored.size_bytes,
                owner=whose.identity,
                purpose=offer.purpose,
                width_px=stored.width_px,
                height_px=stored.height_px,
                sha256=stored.sha256,
            )
            try:
                added = AddFile(participant_id=whose.participant_id, file=view)
                seq = await _room_of(site).ask(added)
            except RequestDenied:
                raise
            except BaseException:
                # It may be journaled. If it is not, it is swept when the session is opened again.
                incoming.keep()
                raise
            incoming.keep()
        await site.wait_durable(seq)
        _log.info(
            "file.added",
            room_id=site.room_id,
            file_id=view.file_id,
            purpose=view.purpose,
            media_type=view.media_type,
            size_bytes=view.size_bytes,
        )
        return view

    def _pass_of(self, ticket: str) -> FilePass:
        whose = self._services.files.tickets.pass_of(ticket)
        if whose is None:
            raise RequestDenied("This ticket is not valid here.", code="files.no_ticket")
        return whose


def _room_of(site: RoomSite) -> ActorRef[RoomMessage]:
    room = site.room
    if room is None:
        raise ActorGone(f"room {site.room_id} has ended")
    return room
