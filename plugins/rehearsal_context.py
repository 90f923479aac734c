"""The contexts of a rehearsal: what a plugin may do, done to a `RehearsalRoom`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from ..engine.errors import RequestDenied
from ..engine.ids import FileId, ParticipantId, TrackId
from ..engine.journal import ALL, RECORD_ONLY, Audience, Entry
from .api import PluginLog
from .rehearsal_groups import RehearsalGroups
from .views import ParticipantView, RoomView

if TYPE_CHECKING:
    from .rehearsal import RehearsalRoom

MAX_TIMERS: Final = 1_000  # The contract of `PluginContext.set_timer`.

_encoder = msgspec.msgpack.Encoder()


class Signalled(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin signalled; the body went through msgpack."""

    event: str
    body: Any  # Whatever msgpack can encode.
    author: ParticipantId | None
    audience: Audience


class RehearsalContext:
    """`PluginContext` over the rehearsal."""

    def __init__(self, room: "RehearsalRoom") -> None:
        self._room = room

    @property
    def room(self) -> RoomView:
        return self._room.room

    @property
    def state(self) -> Any:  # The plugin's own type.
        return self._room.state

    @property
    def log(self) -> PluginLog:
        log: PluginLog = structlog.get_logger().bind(plugin=self._room.name)
        return log

    @property
    def author(self) -> ParticipantId | None:
        return None

    @property
    def groups(self) -> RehearsalGroups:
        if not self._room.plugin.needs_groups:
            raise AttributeError("the plugin has no `needs_groups = True`")
        return self._room.groups

    def now_us(self) -> int:
        return self._room.now_us

    async def append(self, event: str, body: object, *, audience: Audience = ALL) -> Entry:
        kind = f"{self._room.name}.{event}"
        return self._room.append(kind, body, author=self.author, audience=audience)

    def signal(self, event: str, body: object, *, audience: Audience = ALL) -> None:
        decoded = msgspec.msgpack.decode(_encoder.encode(body))
        self._room.signals.append(
            Signalled(event=event, body=decoded, author=self.author, audience=audience)
        )

    async def change_grants(self, participant_id: ParticipantId, **changes: Any) -> Entry:
        return self._room.change_grants(participant_id, author=self.author, **changes)

    async def mute(self, track_id: TrackId) -> None:
        if self._room.find_track(track_id).muted:
            return
        self._room.muted.append(track_id)
        self._room.set_muted(track_id, True, author=self.author)

    async def unpublish(self, track_id: TrackId) -> None:
        self._room.unpublish(track_id)

    async def remove(self, participant_id: ParticipantId, *, code: str = "removed") -> None:
        participant = self._room.room.participants.get(participant_id)
        if participant is None:
            raise RequestDenied("There is no such participant.", code="participant.unknown")
        self._room.removed.append((participant_id, code))
        self._room.leave(participant, cause=code)

    def entries_at(self, seqs: Sequence[int]) -> Sequence[Entry]:
        return [self._room.entries[seq - 1] for seq in seqs]

    def render_pages(self, file_id: FileId, *, max_pages: int = 500, first_page: int = 1) -> None:
        if file_id not in self._room.room.files:
            raise RequestDenied("There is no such file in this room.", code="files.unknown")
        self._room.rendering[file_id] = max_pages
        self._room.wished[file_id] = first_page

    async def remove_file(self, file_id: FileId) -> None:
        file = self._room.files.pop(file_id, None)
        if file is not None:
            body = {"file_id": file_id}
            self._room.append("room.file_removed", body, author=self.author, audience=RECORD_ONLY)

    def set_timer(self, name: str, at_us: int) -> None:
        if name not in self._room.timers and len(self._room.timers) >= MAX_TIMERS:
            raise ValueError(f"a plugin has at most {MAX_TIMERS} timers in a room")
        self._room.timers[name] = at_us

    def cancel_timer(self, name: str) -> None:
        self._room.timers.pop(name, None)


class RehearsalRequestContext(RehearsalContext):
    """`RequestContext` over the rehearsal."""

    def __init__(self, room: "RehearsalRoom", participant: ParticipantView) -> None:
        super().__init__(room)
        self.participant = participant

    @property
    def author(self) -> ParticipantId | None:
        return self.participant.participant_id
