"""The cast of a `Scenario` in a classroom, with one plugin."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import trio

from ..actors.file_desk import FileOffer
from ..actors.site import RoomSite
from ..engine.ids import FileId, ParticipantId, TrackId
from ..engine.journal import Entry, fold_entries
from ..engine.media import Source
from ..engine.protocol.client import UnpublishTrack
from ..engine.protocol.server import RequestFailed, RequestSucceeded, ServerPush
from ..plugins.host import LoadedPlugin
from ..plugins.scenario import CAST
from .classroom import ClassroomRig
from .client import Client


class PlayFailed(AssertionError):
    """A request of the play did not succeed."""


@dataclass
class CastOnStage:
    """Implements `plugins.scenario.Stage`; it notes what was sent."""

    rig: ClassroomRig
    plugin: LoadedPlugin
    clients: dict[str, Client] = field(default_factory=dict)
    requests: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    signals: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    in_group: bool = False  # The play is in a group of the room.

    async def enter(self, grants: Mapping[str, Mapping[str, Any]]) -> None:
        """Let everybody of the cast come in, in order."""
        for name, role in CAST.items():
            self.clients[name] = client = self.rig.client(name, role, **grants.get(name, {}))
            await self.bring_in(client)
        await self.rig.settle()

    async def bring_in(self, client: Client) -> None:
        """Let somebody join, and go to where the play is."""
        await client.join()
        if not self.in_group:
            return
        main = self.rig.site()
        assert main.house is not None, "every main room has one"
        if not main.groups:
            await main.house.open("group")
        (group_id,) = main.groups
        main.house.move(client.participant_id, group_id)
        await self.rig.settle()
        if client.arrival().room.room_id != group_id:
            raise PlayFailed(f"{client.name} does not come into the group")

    @property
    def site(self) -> RoomSite:
        """The room that the play is in."""
        main = self.rig.site()
        if not self.in_group:
            return main
        (group,) = main.groups.values()
        return group

    # -- for the play ----------------------------------------------------------------------------

    async def request(self, who: str, **body: Any) -> int | None:
        answer = await self.ask(who, body)
        if not isinstance(answer, RequestSucceeded):
            raise PlayFailed(f"the play's request {body} of {who} was answered by {answer}")
        self.requests.append((who, body))
        return answer.seq

    def signal(self, who: str, **body: Any) -> None:
        self.clients[who].signal(self.plugin.name, **body)
        self.signals.append((who, body))

    def participant_id(self, who: str) -> ParticipantId:
        return self.clients[who].participant_id

    async def publish(self, who: str, source: Source) -> TrackId:
        return await self.clients[who].publish(source)

    async def unpublish(self, who: str, track_id: TrackId) -> None:
        answer = await self.clients[who].ask(UnpublishTrack, track_id=track_id)
        if isinstance(answer, RequestFailed):
            raise PlayFailed(f"{who} cannot unpublish: {answer}")

    async def bring(self, who: str, name: str, content: bytes) -> FileId:
        client = self.clients[who]
        arrival = client.arrival()
        offer = FileOffer(
            ticket=arrival.files_ticket,
            room=arrival.room.room_id,
            purpose=self.plugin.name,
            name=name,
            size_bytes=len(content),
        )
        file = await self.rig.classroom.files.take(offer, _once(content))
        return file.file_id

    def bodies(self, who: str, kind: str) -> list[Any]:
        return self.clients[who].bodies(kind)

    async def pass_time(self, seconds: float) -> None:
        await trio.sleep(seconds)

    # -- for the kit -----------------------------------------------------------------------------

    async def ask(self, who: str, body: Mapping[str, Any]) -> ServerPush:
        """Send a request, whatever becomes of it."""
        return await self.clients[who].plugin(self.plugin.name, **body)

    async def journal(self) -> list[Entry]:
        """Return the entries, once all is quiet and on disk."""
        await self.rig.settle()
        await trio.sleep(0.1)
        return self.rig.journal_at(self.site)

    def fold(self, entries: list[Entry]) -> Any:  # The plugin's own type.
        """Return the state that a fresh fold makes of entries; None without a fold."""
        if not self.plugin.has_view:
            return None
        return fold_entries(self.plugin.instance.fold, entries)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
