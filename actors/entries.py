"""The entries that the room itself writes: their kinds and bodies (docs/reference/protocol.md)."""

from typing import Final

import msgspec

from ..engine.grants import GrantChanges, Grants
from ..engine.ids import FileId, ParticipantId, RoomId, SessionId, TrackId
from ..engine.protocol.things import ParticipantInfo, TrackInfo
from ..plugins.views import FileView

OPENED: Final = "room.opened"  # Of the record only.
CLOSED: Final = "room.closed"  # Of the record only.
PARTICIPANT_JOINED: Final = "room.participant_joined"
PARTICIPANT_LEFT: Final = "room.participant_left"
PARTICIPANT_DISCONNECTED: Final = "room.participant_disconnected"
PARTICIPANT_RECONNECTED: Final = "room.participant_reconnected"
JOIN_WAITING: Final = "room.join_waiting"
JOIN_WAITING_ENDED: Final = "room.join_waiting_ended"
TRACK_PUBLISHED: Final = "room.track_published"
TRACK_UNPUBLISHED: Final = "room.track_unpublished"
TRACK_MUTED: Final = "room.track_muted"
GRANTS_CHANGED: Final = "room.grants_changed"
SCHEDULER_CHANGED: Final = "room.scheduler_changed"
PARTICIPANT_MOVED: Final = "room.participant_moved"
PARTICIPANT_REMOVED: Final = "room.participant_removed"
PARTICIPANT_READMITTED: Final = "room.participant_readmitted"  # For hosts.
GROUP_OPENED: Final = "room.group_opened"  # Of the record only.
GROUP_CLOSED: Final = "room.group_closed"  # Of the record only.
GROUP_RENAMED: Final = "room.group_renamed"  # Of the record only.
RENAMED: Final = "room.renamed"
FILE_REMOVED: Final = "room.file_removed"  # Of the record only.
FILE_ADDED: Final = "room.file_added"  # Of the record only: who is to fetch it is told its id.


# Causes after which an identity may not come back by itself.
REMOVALS: Final = frozenset({"removed", "banned"})


class OpenedBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session begins, in a room of this name and template. `main_room_id`: of a group."""

    room_id: RoomId
    name: str
    template: str
    main_room_id: RoomId | None = None


class ClosedBody(msgspec.Struct, frozen=True, kw_only=True):
    """The session ends."""

    cause: str


class JoinedBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`hidden`: the entry is of the record only, and no roster but its own has the participant.

    `token_grants`: what the token says, if it is not what the participant may do.
    """

    participant: ParticipantInfo
    hidden: bool = False
    token_grants: Grants | None = None


class LeftBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why: a `StopCause`, "crashed", or "interrupted"."""

    participant_id: ParticipantId
    cause: str


class ParticipantBody(msgspec.Struct, frozen=True, kw_only=True):
    """Whose connection was lost or taken up again."""

    participant_id: ParticipantId


class WaitingBody(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody waits at the door."""

    waiting_id: str
    identity: str
    name: str
    role: str


class WaitingEndedBody(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody does not wait any more; `cause`: "admitted", "refused" or "left"."""

    waiting_id: str
    cause: str


class PublishedBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`encodings`: how many encodings the track's m-line offers."""

    track: TrackInfo
    encodings: int = 1


class UnpublishedBody(msgspec.Struct, frozen=True, kw_only=True):
    track_id: TrackId


class MutedBody(msgspec.Struct, frozen=True, kw_only=True):
    track_id: TrackId
    muted: bool


class FileAddedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A file is on disk, whole, below `files/<session>/`."""

    file: FileView


class FileRemovedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A file, and all that was made of it, is fetched by nobody any more."""

    file_id: FileId


class GrantsChangedBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a participant may do was changed; it is kept by identity, over reloads."""

    participant_id: ParticipantId
    identity: str
    changes: GrantChanges


class SchedulerChangedBody(msgspec.Struct, frozen=True, kw_only=True):
    """Another scheduler decides from now on which picture each viewer gets."""

    scheduler: str


class GroupInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A group of this room is opened: a room of its own, with its own session and journal."""

    group_id: RoomId
    session_id: SessionId
    name: str


class GroupClosedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A group has ended; its journal is kept. `cause`: a `StopCause`, or "crashed"."""

    group_id: RoomId
    session_id: SessionId
    name: str
    cause: str


class GroupRenamedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A group of this room has another name; the group's own journal says `room.renamed`."""

    group_id: RoomId
    name: str


class RenamedBody(msgspec.Struct, frozen=True, kw_only=True):
    """This room, a group of another one, has another name."""

    name: str


class MovedBody(msgspec.Struct, frozen=True, kw_only=True):
    """In the main room's journal: who is in a group now; `group_id` None: in none any more."""

    participant_id: ParticipantId
    identity: str
    name: str
    role: str
    group_id: RoomId | None


class RemovedBody(msgspec.Struct, frozen=True, kw_only=True):
    """In the main room's journal: somebody was put out of a group, and so of the whole house."""

    participant_id: ParticipantId
    identity: str
    cause: str
    name: str = ""


class ReadmittedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A host lets somebody come in again who was put out."""

    identity: str
    name: str
