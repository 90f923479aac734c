"""The entries that the room itself writes: their kinds and bodies (docs/reference/protocol.md)."""

from typing import Final

import msgspec

from ..engine.ids import ParticipantId, RoomId, TrackId
from ..engine.protocol.things import ParticipantInfo, TrackInfo

OPENED: Final = "room.opened"  # Of the record only.
CLOSED: Final = "room.closed"  # Of the record only.
PARTICIPANT_JOINED: Final = "room.participant_joined"
PARTICIPANT_LEFT: Final = "room.participant_left"
PARTICIPANT_DISCONNECTED: Final = "room.participant_disconnected"
PARTICIPANT_RECONNECTED: Final = "room.participant_reconnected"
TRACK_PUBLISHED: Final = "room.track_published"
TRACK_UNPUBLISHED: Final = "room.track_unpublished"
TRACK_MUTED: Final = "room.track_muted"


class OpenedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A session begins, in a room of this name and template."""

    room_id: RoomId
    name: str
    template: str


class ClosedBody(msgspec.Struct, frozen=True, kw_only=True):
    """The session ends."""

    cause: str


class JoinedBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`hidden`: the entry is of the record only, and no roster but its own has the participant."""

    participant: ParticipantInfo
    hidden: bool = False


class LeftBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why: a `StopCause`, "crashed", or "interrupted"."""

    participant_id: ParticipantId
    cause: str


class ParticipantBody(msgspec.Struct, frozen=True, kw_only=True):
    """Whose connection was lost or taken up again."""

    participant_id: ParticipantId


class PublishedBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`encodings`: how many encodings the track's m-line offers."""

    track: TrackInfo
    encodings: int = 1


class UnpublishedBody(msgspec.Struct, frozen=True, kw_only=True):
    track_id: TrackId


class MutedBody(msgspec.Struct, frozen=True, kw_only=True):
    track_id: TrackId
    muted: bool
