"""What a plugin is given in a room: capabilities, not the engine (CONVENTIONS P3)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from ..engine.errors import RequestDenied
from ..engine.grants import GrantChanges
from ..engine.ids import FileId, ParticipantId, TrackId
from ..engine.journal import ALL, Audience, Entry
from ..engine.runtime import StopCause
from ..plugins.api import PluginLog
from ..plugins.views import ParticipantView, RoomView
from . import entries
from .plugin_groups import PluginGroups
from .room_messages import AppendEntry, ChangeGrants, Mute, Remove, RemoveFile, Unpublish

if TYPE_CHECKING:
    from .plugin import PluginActor

MAX_ENTRIES_AT_ONCE: Final = 200
REMOVALS: Final = {"removed": StopCause.REMOVED, "banned": StopCause.BANNED}

_encoder = msgspec.msgpack.Encoder()


class RoomContext:
    """`PluginContext` over the plugin's actor."""

    def __init__(self, actor: "PluginActor") -> None:
        self._actor = actor
        self.last_seq: int | None = None  # Of what was done here; None: nothing.

    @property
    def room(self) -> RoomView:
        return self._actor.room_state.view()

    @property
    def state(self) -> Any:  # The plugin's own state.
        return self._actor.state

    @property
    def log(self) -> PluginLog:
        log: PluginLog = structlog.get_logger().bind(
            plugin=self._actor.name, room_id=self._actor.room_state.room_id
        )
        return log

    @property
    def author(self) -> ParticipantId | None:
        """The author of the entries appended here; None: the plugin itself."""
        return None

    @property
    def groups(self) -> PluginGroups:
        return self._actor.groups_for(self.author)

    def now_us(self) -> int:
        return self._actor.now_us()

    async def append(
        self,
        event: str,
        body: msgspec.Struct | dict[str, Any],  # Whatever msgpack can encode.
        *,
        audience: Audience = ALL,
    ) -> Entry:
        appended = await self._actor.ask_for_entries(
            AppendEntry(
                author=self.author,
                kind=f"{self._actor.name}.{event}",
                body=msgspec.Raw(_encoder.encode(body)),
                audience=audience,
                after_seq=self._actor.seq,
            )
        )
        self.last_seq = appended[-1].seq
        return appended[-1]

    def signal(
        self,
        event: str,
        body: msgspec.Struct | dict[str, Any],  # Whatever msgpack can encode.
        *,
        audience: Audience = ALL,
    ) -> None:
        self._actor.signal(self.author, event, msgspec.Raw(_encoder.encode(body)), audience)

    async def change_grants(self, participant_id: ParticipantId, **changes: Any) -> Entry:
        appended = await self._actor.ask_for_entries(
            ChangeGrants(
                by=self.author,
                participant_id=participant_id,
                changes=msgspec.convert(changes, GrantChanges),
                after_seq=self._actor.seq,
            )
        )
        self.last_seq = appended[-1].seq  # Tracks may have ended after it.
        return next(e for e in reversed(appended) if e.kind == entries.GRANTS_CHANGED)

    async def mute(self, track_id: TrackId) -> None:
        await self._order(
            Mute(by=self.author, track_id=track_id, muted=True, is_moderator=True, is_ordered=True)
        )

    async def unpublish(self, track_id: TrackId) -> None:
        await self._order(
            Unpublish(by=self.author, track_id=track_id, is_moderator=True, is_ordered=True)
        )

    async def remove(self, participant_id: ParticipantId, *, code: str = "removed") -> None:
        cause = REMOVALS.get(code)
        if cause is None:
            raise ValueError(f"{code!r} is none of {', '.join(REMOVALS)}")
        await self._order(
            Remove(by=self.author, participant_id=participant_id, is_moderator=True, cause=cause)
        )

    def entries_at(self, seqs: Sequence[int]) -> Sequence[Entry]:
        if len(seqs) > MAX_ENTRIES_AT_ONCE:
            raise ValueError(f"at most {MAX_ENTRIES_AT_ONCE} entries are read at once")
        return self._actor.entries_at(seqs)

    def render_pages(self, file_id: FileId, *, max_pages: int = 500, first_page: int = 1) -> None:
        file = self._actor.room_state.files.get(file_id)
        if file is None:
            raise RequestDenied("There is no such file in this room.", code="files.unknown")
        if not self._actor.pages.hurry(file_id, first_page):
            self._actor.context.start_soon(self._actor.pages.render, file, max_pages, first_page)

    async def remove_file(self, file_id: FileId) -> None:
        message = RemoveFile(by=self.author, purpose=self._actor.name, file_id=file_id)
        seq = await self._actor.order(message)
        if seq is not None:
            self.last_seq = seq
            self._actor.context.start_soon(self._actor.pages.remove, file_id, seq)

    def set_timer(self, name: str, at_us: int) -> None:
        self._actor.timers.set(name, at_us)

    def cancel_timer(self, name: str) -> None:
        self._actor.timers.cancel(name)

    async def _order(self, message: Mute | Unpublish | Remove) -> None:
        seq = await self._actor.order(message)
        if seq is not None:
            self.last_seq = seq


class ParticipantContext(RoomContext):
    """`RequestContext`: a participant asks."""

    def __init__(self, actor: "PluginActor", participant: ParticipantView) -> None:
        super().__init__(actor)
        self._participant = participant

    @property
    def participant(self) -> ParticipantView:
        return self._participant

    @property
    def author(self) -> ParticipantId | None:
        return self._participant.participant_id
