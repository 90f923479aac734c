"""What actors of the classroom say to each other: small typed values, never live objects.

Here are the bases, and what participants, tracks and plugins are told; the rest is in
`room_messages`.
"""

from typing import ClassVar

import msgspec

from ..engine.grants import Grants
from ..engine.ids import ConnectionId, ParticipantId, RoomId, SlotId, TrackId
from ..engine.journal import Entry
from ..engine.media import Layer
from ..engine.protocol.client import ClientRequest, MediaOffer
from ..engine.runtime import Overflow, StopCause
from ..plugins.api import OfferedTrack, RenderedPages


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of all; a full mailbox refuses it."""


class BoundedMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of those that are queued always: something else bounds how many there can be."""

    overflow: ClassVar[Overflow] = Overflow.ACCEPT


class LatestMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of those of which only the newest counts, for each `key()` if there is one."""

    overflow: ClassVar[Overflow] = Overflow.LATEST


# -- from the gateway ---------------------------------------------------------------------------


class JoinRequest(Message, frozen=True, kw_only=True, tag="join_request"):
    """Somebody with a valid token says hello. To the classroom, then to the new participant."""

    connection_id: ConnectionId
    ref: int
    room: str
    template: str | None
    identity: str
    name: str
    grants: Grants
    media: MediaOffer | None = None
    is_prepared: bool = False  # The connection has a transport in `PreparedTransports`.


class ResumeRequest(Message, frozen=True, kw_only=True, tag="resume_request"):
    """A connection wants to take up a participant. Asked: its id, or `RequestDenied`."""

    connection_id: ConnectionId
    ref: int
    resume_token: str
    last_seq: int
    room_id: RoomId | None = None  # Whose `last_seq` it is; None: the main room's.


# -- to a participant ---------------------------------------------------------------------------


class FromClient(Message, frozen=True, kw_only=True, tag="from_client"):
    """A request on the participant's connection."""

    connection_id: ConnectionId
    request: ClientRequest


class ConnectionLost(BoundedMessage, frozen=True, kw_only=True, tag="connection_lost"):
    """The connection ended without a goodbye."""

    connection_id: ConnectionId


class ResumeWindowOver(BoundedMessage, frozen=True, kw_only=True, tag="resume_window_over"):
    """The participant's own: nobody resumed it since `turn`."""

    turn: int


class RoomChanged(LatestMessage, frozen=True, kw_only=True, tag="room_changed"):
    """What the scheduler must know of the room; who has moved on is not interested any more."""

    room_id: RoomId
    tracks: tuple[OfferedTrack, ...]
    speakers: tuple[ParticipantId, ...]
    floor: tuple[ParticipantId, ...] = ()
    scheduler: str = ""  # That was chosen; empty: the template's.

    def key(self) -> str:
        return self.room_id


class MoveTo(LatestMessage, frozen=True, kw_only=True, tag="move_to"):
    """Go to this room of the house: a group, or the main room."""

    room_id: RoomId


class End(BoundedMessage, frozen=True, kw_only=True, tag="end"):
    """Leave now, for this cause."""

    cause: StopCause


class GrantsChanged(LatestMessage, frozen=True, kw_only=True, tag="grants_changed"):
    """What you may do has changed; the room has unpublished what you may not publish any more."""

    room_id: RoomId
    grants: Grants

    def key(self) -> str:
        return self.room_id


class SignalRefused(LatestMessage, frozen=True, kw_only=True, tag="signal_refused"):
    """A plugin refused a signal of this participant; it is told so now and then."""

    ref: int
    code: str
    message: str
    retryable: bool


class EndTrack(BoundedMessage, frozen=True, kw_only=True, tag="end_track"):
    """One of your tracks was unpublished by somebody else: stop it."""

    track_id: TrackId


class KnockAgain(LatestMessage, frozen=True, kw_only=True, tag="knock_again"):
    """The room's policies may let you in now, or refuse you: ask again."""


class DoorChanged(LatestMessage, frozen=True, kw_only=True, tag="door_changed"):
    """You still wait: for this."""

    code: str
    message: str
    position: int | None
    places: int | None


class SlotShown(LatestMessage, frozen=True, kw_only=True, tag="slot_shown"):
    """The forwarder has switched a slot."""

    slot_id: SlotId
    track_id: TrackId
    rtp_timestamp: int

    def key(self) -> str:
        return self.slot_id


class Estimated(LatestMessage, frozen=True, kw_only=True, tag="estimated"):
    """What the participant's downlink carries, as it is estimated."""

    available_bps: int


class TransportEnded(BoundedMessage, frozen=True, kw_only=True, tag="transport_ended"):
    """The media transport is gone, for this cause."""

    cause: str


class EncodingsNeeded(LatestMessage, frozen=True, kw_only=True, tag="encodings_needed"):
    """Which encodings of a track anybody watches, by index, lowest first."""

    track_id: TrackId
    spatial: tuple[int, ...]

    def key(self) -> str:
        return self.track_id


class Reschedule(LatestMessage, frozen=True, kw_only=True, tag="reschedule"):
    """The participant's own: some slot could not be pointed; try again."""


ParticipantMessage = (
    JoinRequest
    | ResumeRequest
    | FromClient
    | ConnectionLost
    | ResumeWindowOver
    | RoomChanged
    | MoveTo
    | End
    | GrantsChanged
    | SignalRefused
    | EndTrack
    | KnockAgain
    | DoorChanged
    | SlotShown
    | Estimated
    | TransportEnded
    | EncodingsNeeded
    | Reschedule
)


# -- to a track ---------------------------------------------------------------------------------


class PointSlot(Message, frozen=True, kw_only=True, tag="point_slot"):
    """Asked, so that the slot's rows are written in the order of decisions: show me there."""

    slot_id: SlotId
    target: Layer


class ClearSlot(BoundedMessage, frozen=True, kw_only=True, tag="clear_slot"):
    """Asked: do not show me there any more."""

    slot_id: SlotId


class SetPaused(LatestMessage, frozen=True, kw_only=True, tag="set_paused"):
    """The track is muted, or not."""

    paused: bool


class ReviewEncodings(LatestMessage, frozen=True, kw_only=True, tag="review_encodings"):
    """The track's own: encodings unwatched for long may be switched off."""


TrackMessage = PointSlot | ClearSlot | SetPaused | ReviewEncodings


# -- to a plugin --------------------------------------------------------------------------------


class HandleRequest(Message, frozen=True, kw_only=True, tag="handle_request"):
    """Asked: the seq of the last entry it made (None: none), or `RequestDenied`."""

    participant_id: ParticipantId
    body: msgspec.Raw


class GetView(Message, frozen=True, kw_only=True, tag="get_view"):
    """Asked: a `PluginView` with all entries up to `at_least_seq`; None: it has no view."""

    participant_id: ParticipantId
    at_least_seq: int


class EntriesAppended(LatestMessage, frozen=True, kw_only=True, tag="entries_appended"):
    """New entries; a plugin that was busy asks for those it missed."""

    entries: tuple[Entry, ...]


class Begin(LatestMessage, frozen=True, kw_only=True, tag="begin"):
    """The plugin's own: fold what there is, and begin."""


class TimersDue(LatestMessage, frozen=True, kw_only=True, tag="timers_due"):
    """The plugin's own: a timer is due."""


class SpeakersHeard(LatestMessage, frozen=True, kw_only=True, tag="speakers_heard"):
    """Who is heard has changed; loudest first."""

    participant_ids: tuple[ParticipantId, ...]


class PagesRendered(LatestMessage, frozen=True, kw_only=True, tag="pages_rendered"):
    """The plugin's own: a rendering that it asked for is further, or over."""

    rendered: RenderedPages

    def key(self) -> str:
        return self.rendered.file_id


PluginMessage = (
    HandleRequest | GetView | EntriesAppended | Begin | TimersDue | SpeakersHeard | PagesRendered
)
