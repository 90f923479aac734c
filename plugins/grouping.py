"""What a plugin may do with the groups of a room, if it asks for it (`needs_groups = True`)."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

import msgspec

from ..engine.ids import FileId, ParticipantId, RoomId
from ..engine.journal import ALL, Audience, Entry


class Groups(Protocol):
    """The groups of a room: rooms of their own, with a session and a journal for each.

    A group has the plugins of its main room, but for those whose class says `is_in_groups = False`.
    The plugin that works with groups runs in each of them as well: there `own_id` is the group's
    id, and what it appends to `None` goes to the main room. Who is where, the main room's journal
    says: `room.participant_moved {participant_id, identity, name, role, group_id}`, null: in no
    group any more; `room.group_opened {group_id, session_id, name}` and `room.group_closed`, which
    says the `cause` as well.

    A group ends with its main room at the latest. One whose actor fails for good is closed (`cause`
    "crashed"), and who was in it comes back to the main room.
    """

    @property
    def own_id(self) -> RoomId | None:
        """The group that this room is; None: it is the main room."""
        ...

    async def open(self, name: str) -> RoomId:
        """Open a group with nobody in it. In the main room only.

        Raises:
            RequestDenied: `groups.nested`: this is a group.
            ActorError: The room cannot be reached.
        """
        ...

    async def close(self, group_id: RoomId) -> bool:
        """Close a group for good; its journal is kept. In the main room only.

        Returns:
            False: somebody is still in it, who is called back now. Ask again a little later, by
            a timer: who comes back is shown the view of this very plugin, which must not wait.

        Raises:
            RequestDenied: `groups.nested`.
            ActorError: The room cannot be reached.
        """
        ...

    async def rename(self, group_id: RoomId, name: str) -> None:
        """Give an open group another name, for those who are in it as well. In the main room only.

        The main room's journal says `room.group_renamed`, the group's own `room.renamed`.

        Raises:
            RequestDenied: `groups.nested`, `groups.unknown`.
            ActorError: A room cannot be reached.
        """
        ...

    def move(self, participant_id: ParticipantId, group_id: RoomId | None) -> None:
        """Have a participant, wherever it is in the house, go to a group, or (None) the main room.

        It keeps its id, its connection, its media and its published tracks, as far as it may
        publish there; no policy is asked whether it may come in. This returns at once; the entries
        say when it has happened. No-op if there is no such participant or group, or it is there
        already.
        """
        ...

    def speak_to_all(self, participant_ids: frozenset[ParticipantId]) -> None:
        """Let the microphones of these, if they are in the main room, be heard in all groups.

        Replaces those who were named before. In the main room only. It is not journaled: say it
        again in `on_start`.

        Raises:
            RequestDenied: `groups.nested`.
        """
        ...

    async def state_of(self, group_id: RoomId) -> Any:
        """Return the state that this plugin has, or had at the end, in a group.

        In the main room only, and with a fold only. A closed group's is folded from its journal, in
        a thread: that takes about as long as the plugin's own start there would. The last few are
        kept. It can be had of the last 200 groups of a session.

        Raises:
            RequestDenied: `groups.nested`, `groups.unknown`.
            JournalError: The group's journal cannot be read, or the fold fails on it.
            ActorError: The group's room cannot be reached.
        """
        ...  # Any: the plugin's own type.

    async def entries_at(self, group_id: RoomId, seqs: Sequence[int]) -> Sequence[Entry]:
        """Return entries of a group's journal: what its state does not hold any more.

        In the main room only. The journal is read to the last of them, in a thread.

        Args:
            seqs: At most 200, ascending; those that are not there are left out.

        Raises:
            RequestDenied: `groups.nested`, `groups.unknown`.
            JournalError: The group's journal cannot be read.
            ValueError: There are more.
        """
        ...

    async def bring_files(self, group_id: RoomId, file_ids: Collection[FileId]) -> None:
        """Make files of a group, open or closed, files of the main room; under the same ids.

        In the main room only. What is there already is passed over.

        Raises:
            RequestDenied: `groups.nested`, `groups.unknown`, `files.unknown`,
                `files.quota_exceeded`, `files.disk_full`: some may have been brought.
            JournalError: The group's journal cannot be read.
            ActorError: The room cannot be reached.
        """
        ...

    async def append(
        self,
        group_id: RoomId | None,
        event: str,
        body: msgspec.Struct | dict[str, Any],  # Any: whatever msgpack can encode.
        *,
        audience: Audience = ALL,
    ) -> None:
        """Append an entry of the kind `<plugin>.<event>` in a group, or (None) in the main room.

        The plugin's instance there folds and observes it. To append here, use `context.append`.

        Raises:
            RequestDenied: `groups.unknown`.
            ActorError: The room cannot be reached; nothing was appended, or it cannot be known.
        """
        ...
