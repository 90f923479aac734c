"""What the server says: answers carry the `ref` of their request, pushes carry none."""

from ..ids import ParticipantId, TrackId
from .envelope import Ref, ServerMessage
from .things import (
    EntryInfo,
    ParticipantInfo,
    PluginView,
    RoomInfo,
    SlotInfo,
    SlotView,
    TrackInfo,
)


class Welcome(ServerMessage, frozen=True, kw_only=True, tag="welcome"):
    """You are in. State as of `seq`; entries above it follow as `entries` pushes."""

    ref: Ref
    protocol_version: int
    server_version: str
    room: RoomInfo
    participant_id: ParticipantId
    seq: int
    participants: tuple[ParticipantInfo, ...]
    tracks: tuple[TrackInfo, ...]
    plugins: dict[str, PluginView]
    resume_token: str
    resume_window_s: float
    can_publish: tuple[str, ...]  # Sources that the grants allow.
    answer: str | None = None  # SDP; None: no media was offered.
    slots: tuple[SlotInfo, ...] = ()


class Resumed(ServerMessage, frozen=True, kw_only=True, tag="resumed"):
    """The connection is taken up again; everything since `last_seq` that you may see."""

    ref: Ref
    entries: tuple[EntryInfo, ...]
    slot_views: tuple[SlotView, ...]
    resume_token: str


class RequestSucceeded(ServerMessage, frozen=True, kw_only=True, tag="request_succeeded"):
    """Done, and durable. `seq` is the entry's, if the request made one."""

    ref: Ref
    seq: int | None = None


class TrackPublished(ServerMessage, frozen=True, kw_only=True, tag="track_published"):
    """Answers `publish_track`."""

    ref: Ref
    track_id: TrackId


class IceRestarted(ServerMessage, frozen=True, kw_only=True, tag="ice_restarted"):
    """Answers `restart_ice`."""

    ref: Ref
    answer: str


class Pong(ServerMessage, frozen=True, kw_only=True, tag="pong"):
    """Answers `ping`."""

    ref: Ref


class RequestFailed(ServerMessage, frozen=True, kw_only=True, tag="request_failed"):
    """The request changed nothing. `ref` 0: the message was too broken to find its ref."""

    ref: int
    code: str
    message: str
    retryable: bool = False


class Entries(ServerMessage, frozen=True, kw_only=True, tag="entries"):
    """New entries of the journal, in order."""

    entries: tuple[EntryInfo, ...]


class SlotsChanged(ServerMessage, frozen=True, kw_only=True, tag="slots_changed"):
    """Slots show something else; those not named are as they were."""

    slot_views: tuple[SlotView, ...]


class SpeakersChanged(ServerMessage, frozen=True, kw_only=True, tag="speakers_changed"):
    """Who is heard now, loudest first. Not journaled."""

    participant_ids: tuple[ParticipantId, ...]


class EncodingsWanted(ServerMessage, frozen=True, kw_only=True, tag="encodings_wanted"):
    """Which encodings of your track anybody watches: switch the others off. Not journaled."""

    track_id: TrackId
    rids: tuple[str, ...]


class MuteRequested(ServerMessage, frozen=True, kw_only=True, tag="mute_requested"):
    """A host muted your track: stop sending on it."""

    track_id: TrackId


class Goodbye(ServerMessage, frozen=True, kw_only=True, tag="goodbye"):
    """The last message on a connection: why it ends, and whether to come back."""

    code: str  # e.g. "left", "duplicate_identity", "removed", "room_closed", "server_stopping"
    message: str
    retryable: bool = False


ServerPush = (
    Welcome
    | Resumed
    | RequestSucceeded
    | TrackPublished
    | IceRestarted
    | Pong
    | RequestFailed
    | Entries
    | SlotsChanged
    | SpeakersChanged
    | EncodingsWanted
    | MuteRequested
    | Goodbye
)
