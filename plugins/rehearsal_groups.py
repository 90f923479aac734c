"""`Groups` of a rehearsal: it remembers what the plugin does with groups, and moves nobody."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from ..engine.errors import RequestDenied
from ..engine.ids import FileId, ParticipantId, RoomId, new_room_id
from ..engine.journal import ALL, Audience, Entry

_encoder = msgspec.msgpack.Encoder()


class GroupEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin appended in another room of the house; the body went through msgpack."""

    group_id: RoomId | None
    event: str
    body: Any  # Whatever msgpack can encode.
    audience: Audience


class RehearsalGroups:
    """See `plugins.grouping.Groups`.

    Attributes:
        own_id: Set it, and the rehearsed room is a group.
        names: The open groups.
        occupied: Groups that `close` finds somebody in.
        moves: Who was sent where.
        appended: What was appended in other rooms.
        callers: Who speaks to all groups.
        states: What `state_of` returns, for a test to set.
        journals: What `entries_at` reads, for a test to set.
        brought: The files that were brought to the main room.
    """

    def __init__(self) -> None:
        self.own_id: RoomId | None = None
        self.names: dict[RoomId, str] = {}
        self.occupied: set[RoomId] = set()
        self.moves: list[tuple[ParticipantId, RoomId | None]] = []
        self.appended: list[GroupEntry] = []
        self.callers: frozenset[ParticipantId] = frozenset()
        self.states: dict[RoomId, Any] = {}  # The plugin's own type.
        self.journals: dict[RoomId, Sequence[Entry]] = {}
        self.brought: list[FileId] = []

    async def open(self, name: str) -> RoomId:
        self._check_main()
        group_id = new_room_id()
        self.names[group_id] = name
        return group_id

    async def close(self, group_id: RoomId) -> bool:
        self._check_main()
        if group_id in self.occupied:
            return False
        self.names.pop(group_id, None)
        return True

    async def rename(self, group_id: RoomId, name: str) -> None:
        self._check_main()
        if group_id not in self.names:
            raise RequestDenied("There is no such group.", code="groups.unknown")
        self.names[group_id] = name

    def move(self, participant_id: ParticipantId, group_id: RoomId | None) -> None:
        self.moves.append((participant_id, group_id))

    def speak_to_all(self, participant_ids: frozenset[ParticipantId]) -> None:
        self._check_main()
        self.callers = participant_ids

    async def state_of(self, group_id: RoomId) -> Any:  # The plugin's own type.
        self._check_main()
        if group_id not in self.states:
            raise RequestDenied("There is no such group.", code="groups.unknown")
        return self.states[group_id]

    async def entries_at(self, group_id: RoomId, seqs: Sequence[int]) -> Sequence[Entry]:
        self._check_main()
        wanted = frozenset(seqs)
        return [entry for entry in self.journals.get(group_id, ()) if entry.seq in wanted]

    async def bring_files(self, group_id: RoomId, file_ids: Collection[FileId]) -> None:
        self._check_main()
        self.brought += file_ids

    async def append(
        self, group_id: RoomId | None, event: str, body: object, *, audience: Audience = ALL
    ) -> None:
        if group_id is not None and group_id not in self.names:
            raise RequestDenied("There is no such group.", code="groups.unknown")
        decoded = msgspec.msgpack.decode(_encoder.encode(body))
        self.appended.append(
            GroupEntry(group_id=group_id, event=event, body=decoded, audience=audience)
        )

    def _check_main(self) -> None:
        if self.own_id is not None:
            raise RequestDenied("This room is a group itself.", code="groups.nested")
