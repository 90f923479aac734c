"""Requests of a client. `hello` or `resume` is the first message on a connection."""

from typing import Annotated

import msgspec

from ..ids import ParticipantId, RoomId, TrackId
from ..media import Source
from .envelope import ClientMessage, Sdp, ShortText

Token = Annotated[str, msgspec.Meta(min_length=1, max_length=8192)]
# W3C webrtc-svc: so many spatial and temporal layers, and how they depend on each other.
ScalabilityMode = Annotated[
    str, msgspec.Meta(pattern=r"^(|[LS][1-3]T[1-3](h)?(_KEY(_SHIFT)?)?)$", max_length=16)
]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=16384)]
RoomIdText = Annotated[RoomId, msgspec.Meta(min_length=1, max_length=128)]


class SendLine(msgspec.Struct, frozen=True, kw_only=True):
    """Names the source of one send m-line of the offer."""

    mid: ShortText
    source: Source


class MediaOffer(msgspec.Struct, frozen=True, kw_only=True):
    """The one offer of a participant (RFC 8829). Its recvonly m-lines are the slots, in order."""

    sdp: Sdp
    send_lines: Annotated[tuple[SendLine, ...], msgspec.Meta(max_length=8)] = ()


class Hello(ClientMessage, frozen=True, kw_only=True, tag="hello"):
    """Join the token's room; answered by `welcome` or `request_failed` and a close."""

    protocol_version: int
    token: Token
    name: Annotated[str, msgspec.Meta(max_length=64)] | None = None  # None: the token's name.
    media: MediaOffer | None = None  # None: neither sends nor receives media.
    device_id: ShortText | None = None  # Secret, random: tells guests of one shared token apart.
    is_prepared: bool = False  # The media is what `prepare` opened; `media` is left out.


class Prepare(ClientMessage, frozen=True, kw_only=True, tag="prepare"):
    """Open the media ahead of `hello`, which then saves its round trips; nobody is told.

    At most once, as the first message. Answered by `prepared`, or by `request_failed`, after which
    `hello` brings the offer. What is prepared ends with the connection.
    """

    protocol_version: int
    token: Token
    media: MediaOffer
    device_id: ShortText | None = None


class Resume(ClientMessage, frozen=True, kw_only=True, tag="resume"):
    """Take up a participant after a lost connection; `resumed` or `request_failed` answers."""

    protocol_version: int
    resume_token: Token
    last_seq: Annotated[int, msgspec.Meta(ge=0)]
    room_id: RoomIdText | None = None  # Whose `last_seq` it is; null: the token's room.


class Leave(ClientMessage, frozen=True, kw_only=True, tag="leave"):
    """Leave the room for good; answered by `goodbye` and a close."""


class Ping(ClientMessage, frozen=True, kw_only=True, tag="ping"):
    """Measure the round trip; answered by `pong`."""


class RestartIce(ClientMessage, frozen=True, kw_only=True, tag="restart_ice"):
    """New ICE credentials after the network path changed; answered by `ice_restarted`."""

    sdp: Sdp


class PublishTrack(ClientMessage, frozen=True, kw_only=True, tag="publish_track"):
    """Publish what is now sent on the m-line of this source; answered by `track_published`."""

    source: Source
    muted: bool = False
    width_px: Pixels = 0
    height_px: Pixels = 0
    scalability_mode: ScalabilityMode = ""  # Of a stream that holds all its layers (SVC).


class UnpublishTrack(ClientMessage, frozen=True, kw_only=True, tag="unpublish_track"):
    """End one of one's own tracks; a host may end anybody's."""

    track_id: TrackId


class MuteTrack(ClientMessage, frozen=True, kw_only=True, tag="mute_track"):
    """Mute or unmute one's own track; a host may also mute anybody's, but not unmute it."""

    track_id: TrackId
    muted: bool


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """A track that the page wants to show, and how large."""

    track_id: TrackId
    width_px: Pixels
    height_px: Pixels


class SetView(ClientMessage, frozen=True, kw_only=True, tag="set_view"):
    """What the page wants to see, most important first; the scheduler decides. The latest wins."""

    tiles: Annotated[tuple[Tile, ...], msgspec.Meta(max_length=64)]
    hidden: bool = False  # The page is in the background: no video is needed.
    saves_data: bool = False  # Speech and still pictures, in 100 kbit/s at most.


class RemoveParticipant(ClientMessage, frozen=True, kw_only=True, tag="remove_participant"):
    """A host removes somebody from the room."""

    participant_id: ParticipantId


class ReadmitParticipant(ClientMessage, frozen=True, kw_only=True, tag="readmit_participant"):
    """A host lets somebody come in again who was removed: one of `welcome.removed`, or later."""

    identity: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class EndSession(ClientMessage, frozen=True, kw_only=True, tag="end_session"):
    """A host ends the session for everybody; all are told goodbye."""


class SetScheduler(ClientMessage, frozen=True, kw_only=True, tag="set_scheduler"):
    """A host chooses what decides which picture each viewer gets: one of `welcome.schedulers`."""

    scheduler: ShortText


class PluginRequest(ClientMessage, frozen=True, kw_only=True, tag="plugin_request"):
    """A request to a plugin; `body` is a tagged map that the plugin's own types validate.

    `room_id`: the room that it is meant for; who was moved meanwhile is answered `room.moved`.
    """

    plugin: ShortText
    body: msgspec.Raw
    room_id: RoomIdText | None = None


class PluginSignal(ClientMessage, frozen=True, kw_only=True, tag="plugin_signal"):
    """Something for a plugin that is not journaled and may be lost. Answered only if refused."""

    plugin: ShortText
    body: msgspec.Raw
    room_id: RoomIdText | None = None  # As in `plugin_request`.


ClientRequest = (
    Hello
    | Prepare
    | Resume
    | Leave
    | Ping
    | RestartIce
    | PublishTrack
    | UnpublishTrack
    | MuteTrack
    | SetView
    | RemoveParticipant
    | ReadmitParticipant
    | EndSession
    | SetScheduler
    | PluginRequest
    | PluginSignal
)
