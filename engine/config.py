"""The configuration of a node: one frozen tree of Structs, with a default for everything.

Each field says what it is in its `Meta(description=…)`; docs/reference/configuration.md is made
from that. `engine/config_loader.py` fills the tree from TOML, the environment and flags.
"""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

MIN_SECRET_LENGTH: Final = 32  # Characters; RFC 7518 §3.2: an HS256 key has at least 256 bits.

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(ge=0)]


class Secret:
    """A string that does not show itself: not in a repr, a log line or `config --explain`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself; the caller takes care of it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('…')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class NodeConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The process as a whole."""

    data_dir: Annotated[
        str, Meta(min_length=1, description="Folder of journals, generated keys and certificates.")
    ] = ".emporion"
    stop_grace_s: Annotated[
        Seconds,
        Meta(description="How long a stopping node waits for its clients to say goodbye."),
    ] = 5.0


class HttpConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one TCP port: pages, HTTP and WebSocket."""

    host: Annotated[
        str, Meta(description="Address to listen on; empty: all addresses, IPv4 and IPv6.")
    ] = ""
    port: Annotated[Port, Meta(description="TCP port; 0: any free one.")] = 7880
    tls_certificate: Annotated[
        str | None, Meta(description="PEM file with the certificate chain; turns TLS on.")
    ] = None
    tls_key: Annotated[str | None, Meta(description="PEM file with the private key.")] = None
    public_url: Annotated[
        str | None,
        Meta(description="What links begin with; without it `http(s)://localhost:<port>`."),
    ] = None
    max_connections: Annotated[
        int, Meta(ge=1, description="Open connections above which new ones are answered 503.")
    ] = 20_000
    backlog_bytes: Annotated[
        int,
        Meta(
            ge=64 * 1024,
            description="What a client may leave unread before it is disconnected as `too_slow`.",
        ),
    ] = 1024 * 1024
    requests_per_s: Annotated[
        float, Meta(gt=0, description="Messages a client may send in the long run.")
    ] = 50.0
    request_burst: Annotated[int, Meta(ge=1, description="Messages a client may send at once.")] = (
        200
    )


class MediaConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one UDP port: ICE, DTLS, RTP."""

    host: Annotated[
        str, Meta(description="Address to listen on; empty: all addresses, IPv4 and IPv6.")
    ] = ""
    port: Annotated[Port, Meta(description="UDP port; 0: any free one.")] = 7882
    advertised_addresses: Annotated[
        tuple[str, ...],
        Meta(description="Addresses offered to browsers; empty: those of this machine."),
    ] = ()
    advertised_port: Annotated[
        Port,
        Meta(description="UDP port offered to browsers; 0: `port`. For a NAT that changes it."),
    ] = 0
    estimator: Annotated[
        str,
        Meta(min_length=1, description="What tells how much each viewer's link carries: a name."),
    ] = "gcc"
    estimate_dump: Annotated[
        str | None,
        Meta(description="File to write each estimate to, for `emporion plot-estimates`."),
    ] = None


class MetricsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The port that Prometheus scrapes."""

    enabled: Annotated[bool, Meta(description="Serve `/metrics`.")] = True
    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[Port, Meta(description="TCP port; 0: any free one.")] = 9464


class RoomTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits and plugins of one kind of room."""

    max_participants: Annotated[
        int, Meta(ge=1, le=20_000, description="Who comes above this waits for a place.")
    ] = 24
    video_slots: Annotated[
        int, Meta(ge=0, le=48, description="Video tracks that one participant sees at once.")
    ] = 12
    audio_slots: Annotated[
        int, Meta(ge=0, le=8, description="Audio tracks that one participant hears at once.")
    ] = 3
    empty_timeout_s: Annotated[
        Seconds, Meta(description="An empty room ends its session after this time.")
    ] = 300.0
    floor_required: Annotated[
        bool, Meta(description="Merchants publish only while a host lets them.")
    ] = False
    scheduler: Annotated[
        str, Meta(min_length=1, description="The scheduler that fills the slots.")
    ] = "teaching"
    plugins: Annotated[tuple[str, ...], Meta(description="Plugins that run in the room.")] = (
        "chat",
        "hands",
        "questions",
        "polls",
        "pulse",
        "simulcast",
        "screen_share",
        "lobby",
        "whiteboard",
        "annotate",
        "courseware",
    )
    extra_plugins: Annotated[
        tuple[str, ...], Meta(description="Installed plugins that run beside those of `plugins`.")
    ] = ()


GUIDANCE: Final = RoomTemplate(max_participants=2, video_slots=2)
CLASS: Final = RoomTemplate(
    max_participants=24, video_slots=12, plugins=(*RoomTemplate().plugins, "breakouts")
)
BRIEFING: Final = RoomTemplate(
    max_participants=10_000, video_slots=4, empty_timeout_s=900.0, floor_required=True
)


def _templates() -> dict[str, RoomTemplate]:
    return {"guidance": GUIDANCE, "class": CLASS, "briefing": BRIEFING}


class RoomsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rooms and their templates."""

    default_template: Annotated[
        str, Meta(description="Template of a room whose first token names none.")
    ] = "class"
    resume_window_s: Annotated[
        Seconds, Meta(description="How long a lost connection keeps its place and its media.")
    ] = 30.0
    templates: Annotated[
        dict[str, RoomTemplate],
        Meta(description="Kinds of rooms by name; the three built-in ones may be changed."),
    ] = msgspec.field(default_factory=_templates)


class AuthConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose tokens are believed."""

    keys: Annotated[
        dict[str, Secret],
        Meta(description="HS256 secrets by key id (the token's `iss`). None: one is generated."),
    ] = msgspec.field(default_factory=dict)
    public_keys: Annotated[
        dict[str, str],
        Meta(description="EdDSA public keys by key id: PEM text, or the path of a PEM file."),
    ] = msgspec.field(default_factory=dict)
    leeway_s: Annotated[
        Seconds, Meta(description="How far the clocks of token makers may be off.")
    ] = 10.0


class LogConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is logged, on stderr."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least level shown.")
    ] = "info"
    format: Annotated[
        Literal["auto", "json", "console"],
        Meta(description="`auto`: console on a terminal, else JSON."),
    ] = "auto"


class FilesConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files that people bring into rooms: pictures and courseware."""

    session_bytes: Annotated[
        int, Meta(ge=0, description="What all files of one session, with their pages, may come to.")
    ] = 2_000_000_000
    participant_bytes: Annotated[
        int, Meta(ge=0, description="What the files of one participant in a session may come to.")
    ] = 500_000_000
    session_files: Annotated[
        int, Meta(ge=0, le=10_000, description="How many files a session may have.")
    ] = 2_000
    node_bytes: Annotated[
        int,
        Meta(ge=0, description="What the files of all sessions and their pages may come to."),
    ] = 50_000_000_000
    keep_days: Annotated[
        float,
        Meta(
            ge=0,
            description="Files of a session go so long after its end, its journal stays; 0: never.",
        ),
    ] = 30.0
    reserve_bytes: Annotated[
        int,
        Meta(ge=0, description="Free disk below which no file is taken: journals need it."),
    ] = 500_000_000


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a node can be told."""

    node: NodeConfig = NodeConfig()
    http: HttpConfig = HttpConfig()
    media: MediaConfig = MediaConfig()
    metrics: MetricsConfig = MetricsConfig()
    rooms: RoomsConfig = msgspec.field(default_factory=RoomsConfig)
    plugins: Annotated[
        dict[str, dict[str, Any]],  # Each plugin's own options type validates its part.
        Meta(description="Options of plugins: `[plugins.<name>]`."),
    ] = msgspec.field(default_factory=dict)
    auth: AuthConfig = msgspec.field(default_factory=AuthConfig)
    files: FilesConfig = FilesConfig()
    log: LogConfig = LogConfig()
