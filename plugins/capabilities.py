"""What a plugin class may have: options, a fold with its views, requests, signals, summaries."""

from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

import msgspec

from ..engine.journal import Fold
from .context import RequestContext
from .decisions import UploadRules
from .views import ParticipantView

S = TypeVar("S")
S_contra = TypeVar("S_contra", contravariant=True)


class NoOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `options_type` of a plugin that has nothing to set."""


class Plugin(Protocol):
    """What every plugin class has; the rest is optional."""

    options_type: ClassVar[type[msgspec.Struct]]


class WithPanel(Protocol):
    """A plugin that the pages do not know, and that brings its own panel.

    `panel` names a JavaScript module of its distribution: (package, path in it). The pages load
    it when the room is entered; docs/reference/panels.md says what it exports and what it is given.
    It runs with all the rights of the page, as the plugin's Python does with those of the node.
    """

    panel: ClassVar[tuple[str, str]]


@runtime_checkable
class Folding(Protocol[S]):
    """A plugin with state. `fold` gets every entry of the session, not only the plugin's own.

    States are values: `apply` returns a new one and leaves the old one as it was. Policies are
    shown a state while the fold goes on.
    """

    fold: Fold[S]

    def view(self, state: S, viewer: ParticipantView) -> msgspec.Struct | dict[str, Any]:
        """Return what this participant is sent of the state when it joins.

        Pure and quick (it is asked at every join); bounded in size, however long the session is.
        """
        ...  # Any: whatever msgpack can encode.


@runtime_checkable
class Summarizing(Protocol[S_contra]):
    """A folding plugin whose viewers are too many for entries: counts and a top list instead.

    At most one summary is made every `summary_interval_s`, after changes, once for all who run the
    room and once for all others, and pushed to those only if it differs from the last.
    """

    summary_interval_s: float

    def summary(self, state: S_contra, *, is_host: bool) -> msgspec.Struct | dict[str, Any]:
        """Return what viewers are shown of the state. Pure and quick, bounded in size."""
        ...  # Any: whatever msgpack can encode.


@runtime_checkable
class Answering(Protocol):
    """A plugin with requests. `request_type` is a tagged Struct or a union of them."""

    request_type: Any  # A type, or a union of types, which has no common type.

    async def handle_request(self, context: RequestContext[Any], request: Any) -> None:
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


@runtime_checkable
class Signalling(Protocol):
    """A plugin with signals: messages of clients that are not journaled and may be lost.

    `signal_type` is a tagged Struct or a union of them, as `request_type` is.
    """

    signal_type: Any  # A type, or a union of types, which has no common type.

    def handle_signal(self, context: RequestContext[Any], signal: Any) -> None:
        """Take one signal of a client, usually to pass it on with `context.signal`.

        Runs in the plugin's actor, must not wait, and must return within a millisecond of CPU
        (slower ones are logged and counted). What comes faster than the actor can take it is
        dropped and counted.

        Raises:
            RequestDenied: The signal is dropped; the client is told at most once a second.
            Exception: As for `handle_request`, but nobody is told.
        """
        ...


@runtime_checkable
class Receiving(Protocol):
    """A plugin that takes files: with its name as the purpose they are brought into the room.

    The client uploads the file by HTTP and names its id in a request; `room.files` has it.
    """

    upload_rules: UploadRules
