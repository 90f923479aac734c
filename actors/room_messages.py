"""What the directory and the room are told and asked; see `messages`."""

import msgspec

from ..engine.grants import GrantChanges, Grants
from ..engine.ids import ConnectionId, FileId, ParticipantId, RoomId, TrackId
from ..engine.journal import Audience
from ..engine.media import Codec, Source
from ..engine.protocol.things import (
    EntryInfo,
    ParticipantInfo,
    RemovedPerson,
    RoomInfo,
    TrackInfo,
)
from ..engine.runtime import StopCause
from ..plugins.views import FileView, ParticipantView
from .group_messages import GroupMessage
from .messages import BoundedMessage, LatestMessage, Message

# -- to the directory ---------------------------------------------------------------------------


class OpenRoom(Message, frozen=True, kw_only=True, tag="open_room"):
    """Asked: the room's id; the room is opened if it is not, and held open until `ReleaseRoom`."""

    name: str
    template: str | None
    lease: str


class ReleaseRoom(BoundedMessage, frozen=True, kw_only=True, tag="release_room"):
    """The join that has this lease is over, well or not."""

    name: str
    lease: str


class RoomIsEmpty(BoundedMessage, frozen=True, kw_only=True, tag="room_is_empty"):
    """Nobody has been in the room for its empty timeout."""

    room_id: RoomId


class CloseRoom(Message, frozen=True, kw_only=True, tag="close_room"):
    """Asked: whether there was such a room; everybody in it is told goodbye."""

    name: str


class RoomDown(BoundedMessage, frozen=True, kw_only=True, tag="room_down"):
    """A room's supervisor has ended."""

    room_id: RoomId


class RecoverRooms(BoundedMessage, frozen=True, kw_only=True, tag="recover_rooms"):
    """Open again the rooms whose sessions were open when the node ended."""


DirectoryMessage = OpenRoom | ReleaseRoom | RoomIsEmpty | CloseRoom | RoomDown | RecoverRooms


# -- to the room --------------------------------------------------------------------------------


class Join(Message, frozen=True, kw_only=True, tag="join"):
    """Asked: `Joined` or `KeepWaiting`, or `RequestDenied`."""

    participant_id: ParticipantId
    identity: str
    name: str
    role: str
    hidden: bool
    grants: Grants  # The token's.
    may_wait: bool = True  # False: refuse with `media.offer_needed` instead.


class Joined(Message, frozen=True, kw_only=True, tag="joined"):
    """The room at `seq`, as the joiner may see it."""

    room: RoomInfo
    seq: int
    joined_at_us: int
    grants: Grants  # Those of the joiner, with what was changed in this session.
    viewer: ParticipantView  # The joiner, as plugins see it.
    participants: tuple[ParticipantInfo, ...]
    tracks: tuple[TrackInfo, ...]
    removed: tuple[RemovedPerson, ...] = ()  # For hosts.


class KeepWaiting(Message, frozen=True, kw_only=True, tag="keep_waiting"):
    """Answers `Join` instead of `Joined`: wait at the door until `KnockAgain`."""

    code: str
    message: str
    position: int | None
    places: int | None


class TakeSeat(BoundedMessage, frozen=True, kw_only=True, tag="take_seat"):
    """From now on this connection is pushed the entries above `after_seq`."""

    participant_id: ParticipantId
    connection_id: ConnectionId
    after_seq: int


class Disconnect(BoundedMessage, frozen=True, kw_only=True, tag="disconnect"):
    """A participant's connection is lost; it may come back."""

    participant_id: ParticipantId


class Reconnect(Message, frozen=True, kw_only=True, tag="reconnect"):
    """Asked: `Missed`. A participant is back; a `TakeSeat` follows."""

    participant_id: ParticipantId
    after_seq: int


class Missed(Message, frozen=True, kw_only=True, tag="missed"):
    """What a participant may see of the entries up to `seq`, and what it may do now."""

    seq: int
    entries: tuple[EntryInfo, ...]
    grants: Grants


class ParticipantDown(BoundedMessage, frozen=True, kw_only=True, tag="participant_down"):
    """A participant's actor has ended; `cause` is a `StopCause`, or "crashed"."""

    participant_id: ParticipantId
    cause: str


class TrackDown(BoundedMessage, frozen=True, kw_only=True, tag="track_down"):
    """A track's actor has ended."""

    track_id: TrackId


class Publish(Message, frozen=True, kw_only=True, tag="publish"):
    """Asked: the entry's seq, or `RequestDenied`."""

    participant_id: ParticipantId
    track_id: TrackId
    source: Source
    muted: bool
    width_px: int
    height_px: int
    encodings: int


class Unpublish(Message, frozen=True, kw_only=True, tag="unpublish"):
    """Asked: the entry's seq, or `RequestDenied`."""

    by: ParticipantId | None
    track_id: TrackId
    is_moderator: bool
    is_ordered: bool = False  # By a plugin: the owner's actor is told even if the owner asked it.


class Mute(Message, frozen=True, kw_only=True, tag="mute"):
    """Asked: the entry's seq (None: it is so already), or `RequestDenied`.

    `is_ordered`: by a plugin; the page is asked to stop sending, whoever asked the plugin.
    """

    by: ParticipantId | None
    track_id: TrackId
    muted: bool
    is_moderator: bool
    is_ordered: bool = False


class Remove(Message, frozen=True, kw_only=True, tag="remove"):
    """Asked: the entry's seq, or `RequestDenied`."""

    by: ParticipantId | None
    participant_id: ParticipantId
    is_moderator: bool
    cause: StopCause = StopCause.REMOVED


class Readmit(Message, frozen=True, kw_only=True, tag="readmit"):
    """Asked of the main room: the seq of the entry that says so, or `RequestDenied`."""

    by: ParticipantId
    identity: str


class ChooseScheduler(Message, frozen=True, kw_only=True, tag="choose_scheduler"):
    """Asked: the seq of the entry that says so, or `RequestDenied`."""

    by: ParticipantId | None  # None: whoever operates the room from outside.
    scheduler: str


class ChangeGrants(Message, frozen=True, kw_only=True, tag="change_grants"):
    """Asked by a plugin: all `Entries` above `after_seq`, or `RequestDenied`."""

    by: ParticipantId | None
    participant_id: ParticipantId
    changes: GrantChanges
    after_seq: int


class Acknowledge(BoundedMessage, frozen=True, kw_only=True, tag="acknowledge"):
    """Send `payload`, an encoded server message, once the entry `seq` is on disk."""

    connection_id: ConnectionId
    seq: int
    payload: bytes


class AppendEntry(Message, frozen=True, kw_only=True, tag="append_entry"):
    """Asked by a plugin: all `Entries` above `after_seq`, the new one last."""

    author: ParticipantId | None
    kind: str
    body: msgspec.Raw
    audience: Audience
    after_seq: int


class GetEntries(Message, frozen=True, kw_only=True, tag="get_entries"):
    """Asked: a tuple of the entries above `after_seq`, at most `limit`."""

    after_seq: int
    limit: int


class OpenUpload(Message, frozen=True, kw_only=True, tag="open_upload"):
    """Asked: `UploadPermit`, or `RequestDenied`. A `DropUpload` follows in the end."""

    participant_id: ParticipantId
    purpose: str
    name: str
    size_bytes: int


class UploadPermit(Message, frozen=True, kw_only=True, tag="upload_permit"):
    """A file may come in, under this id and within these limits."""

    file_id: FileId
    max_bytes: int
    media_types: tuple[str, ...]


class AddFile(Message, frozen=True, kw_only=True, tag="add_file"):
    """Asked: the entry's seq, or `RequestDenied`. The file is on disk."""

    participant_id: ParticipantId
    file: FileView


class RemoveFile(Message, frozen=True, kw_only=True, tag="remove_file"):
    """Asked: the entry's seq, None if there is no such file, or `RequestDenied`."""

    by: ParticipantId | None
    purpose: str
    file_id: FileId


class DropUpload(BoundedMessage, frozen=True, kw_only=True, tag="drop_upload"):
    """An upload is over, well or not."""

    file_id: FileId


class Heard(LatestMessage, frozen=True, kw_only=True, tag="heard"):
    """A track was above the voice threshold."""

    track_id: TrackId
    level_dbov: int

    def key(self) -> str:
        return self.track_id


class RatesMeasured(LatestMessage, frozen=True, kw_only=True, tag="rates_measured"):
    """What each encoding of a track costs now."""

    track_id: TrackId
    codec: Codec
    encoding_bps: tuple[int, ...]

    def key(self) -> str:
        return self.track_id


class LinkNoted(LatestMessage, frozen=True, kw_only=True, tag="link_noted"):
    """How a participant's link does: "reduced", "paused", or nothing to complain of."""

    participant_id: ParticipantId
    level: str

    def key(self) -> str:
        return self.participant_id


class LinksTick(LatestMessage, frozen=True, kw_only=True, tag="links_tick"):
    """Hosts may be told of links again."""


class SpeakersTick(LatestMessage, frozen=True, kw_only=True, tag="speakers_tick"):
    """The room's own: look who is heard now."""


class OfferTick(LatestMessage, frozen=True, kw_only=True, tag="offer_tick"):
    """The room's own: tell the viewers' schedulers what has changed."""


class ReviewTick(LatestMessage, frozen=True, kw_only=True, tag="review_tick"):
    """The room's own: look again at those who wait at the door."""


class ExpiryTick(LatestMessage, frozen=True, kw_only=True, tag="expiry_tick"):
    """The room's own: somebody who waited may have been away for too long."""


class EmptyTick(LatestMessage, frozen=True, kw_only=True, tag="empty_tick"):
    """The room's own: the empty timeout may be over."""


class CheckEmpty(LatestMessage, frozen=True, kw_only=True, tag="check_empty"):
    """From the directory: if nobody is there, begin to count the empty timeout."""


class PrepareClose(Message, frozen=True, kw_only=True, tag="prepare_close"):
    """Asked: whether the room ends now. It does if `even_if_occupied`, or nobody is there."""

    cause: StopCause
    even_if_occupied: bool


RoomMessage = (
    Join
    | GroupMessage
    | TakeSeat
    | Disconnect
    | Reconnect
    | ParticipantDown
    | TrackDown
    | Publish
    | Unpublish
    | Mute
    | Remove
    | Readmit
    | ChangeGrants
    | ChooseScheduler
    | Acknowledge
    | AppendEntry
    | GetEntries
    | OpenUpload
    | AddFile
    | RemoveFile
    | DropUpload
    | Heard
    | RatesMeasured
    | LinkNoted
    | LinksTick
    | SpeakersTick
    | OfferTick
    | ReviewTick
    | ExpiryTick
    | EmptyTick
    | CheckEmpty
    | PrepareClose
)
