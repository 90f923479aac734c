"""What a plugin may do in one room: the contexts that its requests, signals and hooks are given."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from ..engine.ids import FileId, ParticipantId, TrackId
from ..engine.journal import ALL, Audience, Entry
from .grouping import Groups
from .views import ParticipantView, RoomView

State = TypeVar("State", covariant=True)


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

    @property
    def groups(self) -> Groups:
        """The groups of the room; `AttributeError` unless the class has `needs_groups = True`."""
        ...

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

    def signal(
        self,
        event: str,
        body: msgspec.Struct | dict[str, Any],  # Any: as for `append`.
        *,
        audience: Audience = ALL,
    ) -> None:
        """Push `plugin_signalled` to whom the audience names: cursors, strokes while being drawn.

        Nothing is journaled, and it may be lost: whoever is away does not get it. Encoded once for
        all receivers; never waits.
        """
        ...

    # Any: the grants differ in type; `GrantChanges` names them.
    async def change_grants(self, participant_id: ParticipantId, **changes: Any) -> Entry:
        """Change what a participant may do, until it is changed again; a reload keeps it.

        The entry is `room.grants_changed`. A source that is no longer granted is unpublished.

        Args:
            participant_id: Who; the change is kept by its identity.
            changes: Names of `Grants` and their new values, for example
                `can_publish_sources=(Source.MICROPHONE,)` or `can_draw=True`; None takes the
                change of that name back: what the token says counts again.

        Raises:
            RequestDenied: `participant.unknown`.
            ActorError: As for `append`.
        """
        ...

    async def mute(self, track_id: TrackId) -> None:
        """Mute a track, as a host does: its page is asked to stop sending; no-op if it is muted.

        Raises:
            RequestDenied: `track.unknown`.
            ActorError: As for `append`.
        """
        ...

    async def unpublish(self, track_id: TrackId) -> None:
        """End a track.

        Raises:
            RequestDenied: `track.unknown`.
            ActorError: As for `append`.
        """
        ...

    async def remove(self, participant_id: ParticipantId, *, code: str = "removed") -> None:
        """Put somebody out. `code` is that of its goodbye: "removed" or "banned".

        Raises:
            RequestDenied: `participant.unknown`.
            ActorError: As for `append`.
        """
        ...

    def entries_at(self, seqs: Sequence[int]) -> Sequence[Entry]:
        """Return entries of the session's journal, to show what the state does not hold any more.

        Those of the last minutes are in memory; each other one is read from the file, by its index,
        in some 0.2 ms; what is near to each other costs once. The node waits: ask for a page.

        Args:
            seqs: At most 200, ascending, each of an entry that is there.

        Raises:
            ValueError: There are more.
        """
        ...

    def render_pages(self, file_id: FileId, *, max_pages: int = 500, first_page: int = 1) -> None:
        """Begin to draw the pages of a PDF or a picture of this room; `on_pages` tells of it.

        It happens in a process of its own, which a broken or hostile file may kill, but nothing
        else. Pages are fetched at `/api/v1/files/<file id>/pages/<page>/<screen|thumb>`. It ends
        with the plugin's actor: `on_start` asks again for what was not over. While it is under
        way this only says anew which page is drawn next, and after it those around it.

        Args:
            first_page: Of this file, from 1 on.

        Raises:
            RequestDenied: `files.unknown`.
        """
        ...

    async def remove_file(self, file_id: FileId) -> None:
        """Remove a file that was brought for this plugin, with its pages: nobody fetches it again.

        No-op if there is no such file. Its place in the quotas is free again.

        Raises:
            RequestDenied: `files.not_yours`: it was brought for another plugin.
        """
        ...

    def set_timer(self, name: str, at_us: int) -> None:
        """Call `on_timer` with this name once the session clock says `at_us`, or as soon as may be.

        Replaces a timer of that name. Timers end with the actor: `on_start` sets them again, from
        the state. A plugin has at most 1,000 at a time in a room; one more raises `ValueError`.
        """
        ...

    def cancel_timer(self, name: str) -> None:
        """Take a timer back; no-op if there is none."""
        ...


class RequestContext(PluginContext[State], Protocol[State]):
    """The context of a request or a signal of a client."""

    @property
    def participant(self) -> ParticipantView:
        """Who asks; entries and signals made in this call have it as their author."""
        ...
