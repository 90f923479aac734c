"""`Groups` of the plugin API, over the house that a room belongs to."""

from typing import Any, Final

import msgspec

from ..engine.errors import ActorGone, RequestDenied
from ..engine.ids import ParticipantId, RoomId
from ..engine.journal import ALL, Audience
from .groups import House
from .room_messages import AppendEntry
from .site import RoomSite

NO_ENTRIES: Final = 2**62  # The entry is folded where it is appended, not here.

_encoder = msgspec.msgpack.Encoder()


class PluginGroups:
    """See `plugins.grouping.Groups`."""

    def __init__(self, site: RoomSite, plugin: str, author: ParticipantId | None) -> None:
        self._site = site
        self._plugin = plugin
        self._author = author

    @property
    def own_id(self) -> RoomId | None:
        return self._site.room_id if self._site.main is not None else None

    async def open(self, name: str) -> RoomId:
        self._check_main()
        return await self._house.open(name)

    async def close(self, group_id: RoomId) -> bool:
        self._check_main()
        return await self._house.close(group_id)

    def move(self, participant_id: ParticipantId, group_id: RoomId | None) -> None:
        self._house.move(participant_id, group_id or self._site.home.room_id)

    def speak_to_all(self, participant_ids: frozenset[ParticipantId]) -> None:
        self._check_main()
        self._house.speak_to_all(participant_ids)

    async def append(
        self,
        group_id: RoomId | None,
        event: str,
        body: msgspec.Struct | dict[str, Any],  # Any: whatever msgpack can encode.
        *,
        audience: Audience = ALL,
    ) -> None:
        await self._house.append(
            group_id or self._site.home.room_id,
            AppendEntry(
                author=self._author,
                kind=f"{self._plugin}.{event}",
                body=msgspec.Raw(_encoder.encode(body)),
                audience=audience,
                after_seq=NO_ENTRIES,
            ),
        )

    def _check_main(self) -> None:
        if self._site.main is not None:
            raise RequestDenied("This room is a group itself.", code="groups.nested")

    @property
    def _house(self) -> House:
        house = self._site.home.house
        if house is None:
            raise ActorGone(f"room {self._site.room_id} is not open")
        return house
