"""The whole contract between Emporion and its plugins. Additive only.

A plugin is a class, named by its entry point in the group `emporion.plugins`. Its constructor takes
one argument, an instance of its `options_type`, which the host has read from `[plugins.<name>]`.
One instance serves every room of a node, so a plugin holds no state of its own. It may have four
things, never mixed:

- a *fold* (`Folding`): a pure function from entries to state. It runs live, after a restart and in
  every replay. `view` shows the state to one participant.
- *requests* (`Answering`): messages of clients, answered by appending entries. They run in the
  plugin's own supervised actor, one for each room, one request at a time.
- *policies*: hooks `before_<verb>`, which may deny.
- *observers*: hooks `on_<event>`, told after the fact.

A scheduler is given by the hook `schedulers`. What is not in this module may change any day.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Protocol, TypeVar, runtime_checkable

import msgspec
import pluggy

from ..engine.ids import ParticipantId
from ..engine.journal import ALL, HOSTS, RECORD_ONLY, Audience, Entry, Fold, only
from ..engine.media import Kind, Source
from .scheduling import (
    OfferedTrack,
    Scheduler,
    Schedulers,
    Situation,
    Slot,
    SlotDecision,
    WantedTile,
)
from .views import ParticipantView, RoomView, TrackView

__all__ = [
    "ALL",
    "API_VERSION",
    "HOSTS",
    "PROJECT",
    "RECORD_ONLY",
    "Answering",
    "Audience",
    "Deny",
    "Entry",
    "Fold",
    "Folding",
    "Hooks",
    "JoinAttempt",
    "NoOptions",
    "OfferedTrack",
    "ParticipantView",
    "Plugin",
    "PluginContext",
    "PluginLog",
    "PublishRequest",
    "RequestContext",
    "RoomView",
    "Scheduler",
    "Schedulers",
    "Situation",
    "Slot",
    "SlotDecision",
    "TrackView",
    "WantedTile",
    "hookimpl",
    "hookspec",
    "only",
]

API_VERSION: Final = 1
PROJECT: Final = "emporion"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

S = TypeVar("S")
State = TypeVar("State", covariant=True)


class NoOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `options_type` of a plugin that has nothing to set."""


class Plugin(Protocol):
    """What every plugin class has; the rest is optional."""

    options_type: ClassVar[type[msgspec.Struct]]


class Deny(msgspec.Struct, frozen=True):
    """A policy's no. `code` is stable, `<plugin>.<why>`; `message` is for people."""

    code: str
    message: str
    retryable: bool = False


class JoinAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with a valid token wants to join."""

    identity: str
    name: str
    role: str
    hidden: bool = False


class PublishRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A participant who has the grant for the source wants to publish a track."""

    participant_id: ParticipantId
    source: Source
    muted: bool = False
    width_px: int = 0
    height_px: int = 0

    @property
    def kind(self) -> Kind:
        return self.source.kind


@runtime_checkable
class Folding(Protocol[S]):
    """A plugin with state. `fold` gets every entry of the session, not only the plugin's own."""

    fold: Fold[S]

    def view(self, state: S, viewer: ParticipantView) -> msgspec.Struct | dict[str, Any]:
        """Return what this participant is sent of the state when it joins.

        Pure and quick (it is asked at every join); bounded in size, however long the session is.
        """
        ...  # Any: whatever msgpack can encode.


@runtime_checkable
class Answering(Protocol):
    """A plugin with requests. `request_type` is a tagged Struct or a union of them."""

    request_type: Any  # A type, or a union of types, which has no common type.

    async def handle_request(self, context: "RequestContext[Any]", request: Any) -> None:
        """Answer one request of a client.

        Runs in the plugin's actor; the next request of the room waits for it. After 5 s it is
        cancelled (`plugin.timeout`). Returning means success: the client is told so once the
        entries are on disk.

        Raises:
            RequestDenied: The client is told; nothing else happens.
            Exception: Anything else crashes the plugin's actor, which restarts from the journal;
                the client is told `plugin.crashed`. After 3 restarts in 5 s the plugin is disabled
                in this room (`plugin.disabled`), and the room goes on.
        """
        ...


class PluginLog(Protocol):
    """Structured log lines of this plugin in this room; event names are constant and dotted."""

    def info(self, event: str, **fields: object) -> None: ...
    def warning(self, event: str, **fields: object) -> None: ...


class PluginContext(Protocol[State]):
    """What a plugin may do in one room. Valid during the call that was given it."""

    @property
    def room(self) -> RoomView:
        """The room after the newest entry that the plugin has folded."""
        ...

    @property
    def state(self) -> State:
        """The plugin's own state; None without a fold."""
        ...

    @property
    def log(self) -> PluginLog: ...

    def now_us(self) -> int:
        """The session clock."""
        ...

    async def append(
        self,
        event: str,
        body: msgspec.Struct | dict[str, Any],  # Any: whatever msgpack can encode.
        *,
        audience: Audience = ALL,
    ) -> Entry:
        """Append an entry of the kind `<plugin>.<event>`.

        When this returns, `state` and `room` have the new entry and all before it. Not cancel-safe:
        a cancelled append may have happened.

        Raises:
            ActorError: The room cannot be reached; nothing was appended, or it cannot be known.
        """
        ...


class RequestContext(PluginContext[State], Protocol[State]):
    """The context of a request."""

    @property
    def participant(self) -> ParticipantView:
        """Who asks; entries appended in this call have it as their author."""
        ...


class Hooks:
    """The hooks. A plugin implements some of them as methods marked with `hookimpl`.

    Policies (`before_*`) run on the room's actor, in the template's order of plugins; the first
    `Deny` wins. They are synchronous, get small frozen arguments and must return within a
    millisecond (slower ones are logged and counted). Raising means: denied with `plugin.failed`,
    and the room goes on. Hook wrappers are refused.
    """

    @hookspec(firstresult=True)
    def before_join(self, room: RoomView, attempt: JoinAttempt) -> Deny | None:
        """Somebody wants to join. Grants and the room's capacity are checked already."""

    @hookspec(firstresult=True)
    def before_publish(self, room: RoomView, request: PublishRequest) -> Deny | None:
        """A participant wants to publish. Its grants are checked already."""

    @hookspec
    async def on_entry(self, context: PluginContext[Any], entry: Entry) -> None:
        """Observe an entry after it is folded.

        Runs in the plugin's actor, for each entry in order, also for those appended while it was
        busy: a slow observer falls behind, but stalls nobody. It is not called again for entries
        from before the actor's (re)start. Raising crashes the actor, as in `handle_request`.
        """

    @hookspec
    def schedulers(self) -> Mapping[str, Scheduler]:  # type: ignore[empty-body]  # A spec.
        """Name the schedulers that this plugin gives. Called once, at the node's start."""
