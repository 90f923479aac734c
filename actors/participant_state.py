"""The state of one participant, which presence, publishing and subscribing work on."""

import zlib
from dataclasses import dataclass, field
from typing import Final

import msgspec

from ..engine.congestion.receiver_estimate import START_BPS
from ..engine.forward.api import InboundLine
from ..engine.grants import Grants
from ..engine.ids import ConnectionId, ParticipantId, RoomId, TrackId
from ..engine.media import Layer, Source
from ..engine.protocol.client import MediaOffer
from ..engine.protocol.codec import encode_server
from ..engine.protocol.envelope import ServerMessage
from ..engine.protocol.server import EncodingsWanted, LinkChanged
from ..engine.protocol.things import SlotView
from ..engine.runtime import ActorContext
from ..engine.transport.service import OpenedTransport
from ..plugins.api import Slot, SlotDecision, WantedTile
from ..plugins.schedulers.steadiness import Steadiness
from .messages import JoinRequest, RoomChanged
from .site import RoomSite
from .track import TrackRows

NOTHING_OFFERED: Final = RoomChanged(room_id=RoomId(""), tracks=(), speakers=())


@dataclass(frozen=True, slots=True)
class OwnTrack:
    """A track that this participant publishes, and the m-line it is sent on."""

    track_id: TrackId
    source: Source
    line: InboundLine
    rows: TrackRows


@dataclass(slots=True)
class SubscriberState:
    """What this participant sees, wants to see, and may be sent."""

    slots: tuple[Slot, ...] = ()  # What the page can receive.
    room: RoomChanged = field(default_factory=lambda: NOTHING_OFFERED)
    tiles: tuple[WantedTile, ...] | None = None
    page_hidden: bool = False
    available_bps: int = START_BPS
    wanted_bps: int | None = None  # What the estimator was told last.
    scheduled_bps: int = 0  # The estimate that the decisions were made with.
    decisions: tuple[SlotDecision, ...] = ()
    steadiness: Steadiness = field(default_factory=Steadiness)
    pointed: dict[int, tuple[TrackId, Layer]] = field(default_factory=dict)  # By slot index.
    views: dict[int, SlotView] = field(default_factory=dict)  # What the page was told.
    is_retrying: bool = False
    saves_data: bool = False
    told_link: LinkChanged | None = None
    told_link_s: float = float("-inf")
    # What the room knows of the link, and by which run of the RoomActor that is known.
    told_level: tuple[int, str] = (0, "")
    is_link_due: bool = False  # It is looked at again soon.


@dataclass(frozen=True, slots=True)
class Knock:
    """The request of one who waits. Its offer, some 25 kB, is kept packed: thousands may wait."""

    request: JoinRequest
    packed_sdp: bytes | None

    @classmethod
    def of(cls, request: JoinRequest) -> "Knock":
        if request.media is None:
            return cls(request, None)
        media = msgspec.structs.replace(request.media, sdp="-")
        packed = zlib.compress(request.media.sdp.encode(), 1)
        return cls(msgspec.structs.replace(request, media=media), packed)

    def unpack(self) -> JoinRequest:
        """Return the request as it came."""
        if self.packed_sdp is None or self.request.media is None:
            return self.request
        sdp = zlib.decompress(self.packed_sdp).decode()
        offer = MediaOffer(sdp=sdp, send_lines=self.request.media.send_lines)
        return msgspec.structs.replace(self.request, media=offer)


@dataclass(slots=True)
class ParticipantState:
    """See the module. `connection_id` None: its page is away."""

    site: RoomSite
    context: ActorContext
    participant_id: ParticipantId
    identity: str
    name: str
    grants: Grants
    token_grants: Grants
    connection_id: ConnectionId | None = None
    transport: OpenedTransport | None = None
    joined_seq: int = 0
    moved_seq: int = 0  # As `joined_seq`, if it came into this room from another one of the house.
    has_joined: bool = False
    knock: Knock | None = None  # It waits at the door.
    away_turn: int = 0
    tracks: dict[TrackId, OwnTrack] = field(default_factory=dict)
    told_encodings: dict[TrackId, EncodingsWanted] = field(default_factory=dict)
    subscriber: SubscriberState = field(default_factory=SubscriberState)

    @property
    def can_publish(self) -> tuple[Source, ...]:
        """The sources that it may publish now."""
        return () if self.is_hidden else self.grants.can_publish_sources

    @property
    def is_moderator(self) -> bool:
        """May mute, unpublish and remove others."""
        return self.grants.room_admin or self.grants.role == "host"

    @property
    def is_hidden(self) -> bool:
        """Nobody else's roster has it."""
        return self.grants.hidden or self.grants.role == "observer"

    def line_of(self, source: Source) -> InboundLine | None:
        """Find the m-line that was offered for a source."""
        lines = self.transport.lines if self.transport is not None else ()
        return next((line for line, its_source in lines if its_source is source), None)

    def send(self, message: ServerMessage) -> None:
        """Send to the page; nothing happens while it is away."""
        if self.connection_id is not None:
            self.site.services.outlets.send(self.connection_id, encode_server(message))
