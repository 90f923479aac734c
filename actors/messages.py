"""What actors of the classroom say to each other: small typed values, never live objects.

Here are the bases, and what participants, tracks and plugins are told; the rest is in
`room_messages`.
"""

from typing import ClassVar

import msgspec

from ..engine.grants import Grants
from ..engine.ids import ConnectionId, ParticipantId, SlotId, TrackId
from ..engine.journal import Entry
from ..engine.media import Layer
from ..engine.protocol.client import ClientRequest, MediaOffer
from ..engine.runtime import Overflow, StopCause
from ..plugins.api import OfferedTrack


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


class ResumeRequest(Message, frozen=True, kw_only=True, tag="resume_request"):
    """A connection wants to take up a participant. Asked: its id, or `RequestDenied`."""

    connection_id: ConnectionId
    ref: int
    resume_token: str
    last_seq: int


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
    """What the scheduler must know of the room."""

    tracks: tuple[OfferedTrack, ...]
    speakers: tuple[ParticipantId, ...]


class End(BoundedMessage, frozen=True, kw_only=True, tag="end"):
    """Leave now, for this cause."""

    cause: StopCause


class EndTrack(BoundedMessage, frozen=True, kw_only=True, tag="end_track"):
    """One of your tracks was unpublished by somebody else: stop it."""

    track_id: TrackId


class SlotShown(LatestMessage, frozen=True, kw_only=True, tag="slot_shown"):
    """The forwarder has switched a slot."""

    slot_id: SlotId
    track_id: TrackId
    rtp_timestamp: int

    def key(self) -> str:
        return self.slot_id


class Estimated(LatestMessage, frozen=True, kw_only=True, tag="estimated"):
    """What the participant's browser says that its downlink carries, and what was sent to it."""

    available_bps: int
    sent_bps: int


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
    | End
    | EndTrack
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


PluginMessage = HandleRequest | GetView | EntriesAppended
