"""What rooms of one house say to each other and to participants who move; see `messages`."""

from ..engine.grants import Grants
from ..engine.ids import ParticipantId, RoomId
from ..plugins.views import TrackView
from .entries import GroupInfo
from .messages import BoundedMessage, Message


class Depart(Message, frozen=True, kw_only=True, tag="depart"):
    """Asked: `Departed`. A participant goes to the main room or a group of it."""

    participant_id: ParticipantId


class Departed(Message, frozen=True, kw_only=True, tag="departed"):
    """The tracks that it takes along, as they are now; None: it was not in the room any more."""

    tracks: tuple[TrackView, ...] | None


class Arrive(Message, frozen=True, kw_only=True, tag="arrive"):
    """Asked: `Joined`, or `RequestDenied`. A participant comes from another room of the same house.

    Its connection and its tracks go on. No policy is asked whether it may come in.
    """

    participant_id: ParticipantId
    identity: str
    name: str
    role: str
    hidden: bool
    connected: bool
    grants: Grants  # The token's.
    tracks: tuple[TrackView, ...]


class LookAround(Message, frozen=True, kw_only=True, tag="look_around"):
    """Asked: `Joined`: the room as a participant that is in it may see it."""

    participant_id: ParticipantId


class NoteWhereabouts(BoundedMessage, frozen=True, kw_only=True, tag="note_whereabouts"):
    """To the main room: where a participant is now; `group_id` None: in no group."""

    participant_id: ParticipantId
    identity: str
    name: str
    role: str
    hidden: bool
    group_id: RoomId | None


class AddGroup(Message, frozen=True, kw_only=True, tag="add_group"):
    """Asked of the main room: nothing. A group is opened."""

    group: GroupInfo


class DropGroup(Message, frozen=True, kw_only=True, tag="drop_group"):
    """Asked of the main room: nothing. A group has ended; `cause` is a `StopCause` or "crashed"."""

    group_id: RoomId
    cause: str


class RenameGroup(Message, frozen=True, kw_only=True, tag="rename_group"):
    """Asked of the main room: nothing. A group has another name; no-op if there is none."""

    group_id: RoomId
    name: str


class GetGroups(Message, frozen=True, kw_only=True, tag="get_groups"):
    """Asked of the main room: a tuple of `GroupInfo`, those that are open by the journal."""


GroupMessage = (
    Depart | Arrive | LookAround | NoteWhereabouts | AddGroup | DropGroup | RenameGroup | GetGroups
)
