"""What a plugin is given in a room: capabilities, not the engine (CONVENTIONS P3)."""

from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from ..engine.ids import ParticipantId
from ..engine.journal import ALL, Audience, Entry
from ..plugins.api import PluginLog
from ..plugins.views import ParticipantView, RoomView

if TYPE_CHECKING:
    from .plugin import PluginActor


class RoomContext:
    """`PluginContext` over the plugin's actor."""

    def __init__(self, actor: "PluginActor", plugin: str) -> None:
        self._actor = actor
        self._plugin = plugin

    @property
    def room(self) -> RoomView:
        return self._actor.room_state.view()

    @property
    def state(self) -> Any:  # The plugin's own state.
        return self._actor.state

    @property
    def log(self) -> PluginLog:
        log: PluginLog = structlog.get_logger().bind(
            plugin=self._plugin, room_id=self._actor.room_state.room_id
        )
        return log

    @property
    def author(self) -> ParticipantId | None:
        """The author of the entries appended here; None: the plugin itself."""
        return None

    def now_us(self) -> int:
        return self._actor.now_us()

    async def append(
        self,
        event: str,
        body: msgspec.Struct | dict[str, Any],  # Whatever msgpack can encode.
        *,
        audience: Audience = ALL,
    ) -> Entry:
        return await self._actor.append(self.author, f"{self._plugin}.{event}", body, audience)


class ParticipantContext(RoomContext):
    """`RequestContext`: a participant asks."""

    def __init__(self, actor: "PluginActor", plugin: str, participant: ParticipantView) -> None:
        super().__init__(actor, plugin)
        self._participant = participant
        self.last_seq: int | None = None

    @property
    def participant(self) -> ParticipantView:
        return self._participant

    @property
    def author(self) -> ParticipantId | None:
        return self._participant.participant_id

    async def append(
        self,
        event: str,
        body: msgspec.Struct | dict[str, Any],  # Whatever msgpack can encode.
        *,
        audience: Audience = ALL,
    ) -> Entry:
        entry = await super().append(event, body, audience=audience)
        self.last_seq = entry.seq
        return entry
