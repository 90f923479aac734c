"""The things the messages speak of: room, participant, track, slot, entry."""

from typing import Annotated

import msgspec

from ..grants import Grants
from ..ids import ParticipantId, RoomId, SessionId, TrackId
from ..media import Kind, Source
from .envelope import ShortText

Role = Annotated[str, msgspec.Meta(pattern=r"^(host|assistant|merchant|observer)$")]


class RemovedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom a host has put out, and who may not come in by itself."""

    identity: str
    name: str


class RoomInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A room as its participants see it."""

    room_id: RoomId
    name: str
    template: str  # "guidance", "class" or "briefing"
    session_id: SessionId
    started_at_unix_s: float  # The zero of the session clock, `at_us`.
    main_room_id: RoomId | None = None  # Of a group: the room that it belongs to.
    scheduler: str = ""  # What decides which picture each viewer gets.


class ParticipantInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One joined participant; `identity` is the token's `sub`; not `connected`: page away.

    `grants`: what it may do; null: what `welcome.role_grants` says of its role.
    """

    participant_id: ParticipantId
    identity: str
    name: str
    role: Role
    joined_at_us: int
    connected: bool = True
    grants: Grants | None = None


class TrackInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One published track."""

    track_id: TrackId
    participant_id: ParticipantId
    source: Source
    muted: bool
    width_px: int = 0  # 0: unknown or audio.
    height_px: int = 0
    published_seq: int = 0  # 0: in the entry that publishes it, whose own seq it is.


class SlotInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A receive slot: an m-line of the offer on which the server sends what the scheduler says."""

    slot: Annotated[
        int, msgspec.Meta(ge=0, le=255)
    ]  # Index among the recvonly m-lines, offer order.
    mid: ShortText
    kind: Kind


class SlotView(msgspec.Struct, frozen=True, kw_only=True):
    """What a slot shows from one RTP timestamp on; `track_id` None: the slot is empty."""

    slot: int
    track_id: TrackId | None = None
    rtp_timestamp: int | None = (
        None  # Of the first frame of this track in this slot; None: not yet sent.
    )
    reason: str | None = None  # Why a wanted track is not shown, e.g. "bandwidth", "codec".


class EntryInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of the session's journal, as far as this participant may see it."""

    seq: int
    at_us: int
    author: ParticipantId | None
    kind: str  # e.g. "room.participant_joined", "chat.message"
    body: msgspec.Raw


class PluginView(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin's state for a joiner; entries of this plugin with a seq above `seq` come on top."""

    seq: int
    body: msgspec.Raw


class PluginInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin of the room. `panel`: the URL of a module that shows it; null: the pages do."""

    name: str
    panel: str | None = None
