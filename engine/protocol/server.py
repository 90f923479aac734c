"""What the server says: answers carry the `ref` of their request, pushes carry none."""

import msgspec

from ..grants import Grants
from ..ids import ParticipantId, TrackId
from .envelope import Ref, ServerMessage
from .things import (
    EntryInfo,
    ParticipantInfo,
    PluginInfo,
    PluginView,
    RemovedPerson,
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
    answer: str | None = None  # SDP; None: no media was offered, or it was prepared.
    slots: tuple[SlotInfo, ...] = ()
    plugin_infos: tuple[PluginInfo, ...] = ()  # All plugins of the room, in its order.
    # What each role may do, unless a participant's own `grants` say otherwise.
    role_grants: dict[str, Grants] = msgspec.field(default_factory=dict)
    files_ticket: str = ""  # For files of the room, as long as you are in it.
    schedulers: tuple[str, ...] = ()  # A host may choose from them; empty for others.
    removed: tuple[RemovedPerson, ...] = ()  # For hosts: whom they have put out, the latest last.


class Prepared(ServerMessage, frozen=True, kw_only=True, tag="prepared"):
    """The media is open; you are in no room yet."""

    ref: Ref
    answer: str  # SDP.


class Resumed(ServerMessage, frozen=True, kw_only=True, tag="resumed"):
    """The connection is taken up again; everything since `last_seq` that you may see."""

    ref: Ref
    entries: tuple[EntryInfo, ...]
    slot_views: tuple[SlotView, ...]
    resume_token: str
    can_publish: tuple[str, ...] = ()  # As in `welcome`; they may have changed meanwhile.
    grants: Grants | None = None  # One's own, now.


class Moved(ServerMessage, frozen=True, kw_only=True, tag="moved"):
    """You are in another room now: in a group, or in the main room again.

    Your connection, media, slots and published tracks are the same, and so is your participant id.
    State as of `seq` of that room's journal, as in `welcome`; all pushes after this are of it.
    """

    room: RoomInfo
    seq: int
    participants: tuple[ParticipantInfo, ...]
    tracks: tuple[TrackInfo, ...]
    plugins: dict[str, PluginView]
    can_publish: tuple[str, ...]
    plugin_infos: tuple[PluginInfo, ...] = ()
    files_ticket: str = ""
    removed: tuple[RemovedPerson, ...] = ()  # As in `welcome`.


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


class LinkChanged(ServerMessage, frozen=True, kw_only=True, tag="link_changed"):
    """What your downlink is believed to carry, and how pictures are shown for that.

    `screen` and `cameras` say it of the worst: "full" (as large as its tile), "fewer_frames",
    "smaller", "paused"; "": none is to be shown.
    """

    available_bps: int
    screen: str
    cameras: str


class LinksChanged(ServerMessage, frozen=True, kw_only=True, tag="links_changed"):
    """To hosts: whose link does not carry all that they should see, the worst of them first.

    Each is "reduced" or "paused"; who is not in it has everything. At most fifty, once in 2 s.
    """

    levels: dict[ParticipantId, str]


class SpeakersChanged(ServerMessage, frozen=True, kw_only=True, tag="speakers_changed"):
    """Who is heard now, loudest first. Not journaled."""

    participant_ids: tuple[ParticipantId, ...]


class EncodingsWanted(ServerMessage, frozen=True, kw_only=True, tag="encodings_wanted"):
    """Which encodings of your track anybody watches: switch the others off. Not journaled.

    Of a stream that holds all its layers (SVC), so many `spatial_layers` are watched, lowest first;
    0: it is not said.
    """

    track_id: TrackId
    rids: tuple[str, ...]
    spatial_layers: int = 0


class MuteRequested(ServerMessage, frozen=True, kw_only=True, tag="mute_requested"):
    """A host muted your track: stop sending on it."""

    track_id: TrackId


class CanPublishChanged(ServerMessage, frozen=True, kw_only=True, tag="can_publish_changed"):
    """What you may do was changed; tracks of sources that you lost are unpublished already."""

    can_publish: tuple[str, ...]
    grants: Grants


class PluginSignalled(ServerMessage, frozen=True, kw_only=True, tag="plugin_signalled"):
    """Something of a plugin that is not journaled. `author` null: the plugin itself."""

    plugin: str
    event: str
    author: ParticipantId | None
    body: msgspec.Raw


class PluginSummary(ServerMessage, frozen=True, kw_only=True, tag="plugin_summary"):
    """A plugin's state in short, as of `seq`; it replaces the summary before it."""

    plugin: str
    seq: int
    body: msgspec.Raw


class Waiting(ServerMessage, frozen=True, kw_only=True, tag="waiting"):
    """You wait at the door: `welcome` or `request_failed` answers `hello` later.

    `position`: your place in the queue, counted from 1; null: far behind. Told again when what you
    wait for or your position changes. `places`: of a room that is full, how many it has.
    """

    ref: Ref
    code: str  # Of the plugin that makes you wait, e.g. "lobby.waiting_room".
    message: str
    position: int | None = None
    places: int | None = None


class Goodbye(ServerMessage, frozen=True, kw_only=True, tag="goodbye"):
    """The last message on a connection: why it ends, and whether to come back."""

    code: str  # e.g. "left", "duplicate_identity", "removed", "banned", "room_closed"
    message: str
    retryable: bool = False


ServerPush = (
    Welcome
    | Prepared
    | Resumed
    | Moved
    | RequestSucceeded
    | TrackPublished
    | IceRestarted
    | Pong
    | RequestFailed
    | Entries
    | SlotsChanged
    | SpeakersChanged
    | LinkChanged
    | LinksChanged
    | EncodingsWanted
    | MuteRequested
    | CanPublishChanged
    | PluginSignalled
    | PluginSummary
    | Waiting
    | Goodbye
)
