"""What the collector reads from upper layers; named here, because they import us."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, Self

from .metric import HistogramReading


class JoinPhase(StrEnum):
    """The parts of a join, in order; `welcome` and `connect` are what a person waits for."""

    AUTHENTICATE = "authenticate"  # Token checked, grants read.
    OPEN_MEDIA = "open_media"  # Offer read, answer made, transport in the table.
    ENTER_ROOM = "enter_room"  # The room has taken the participant in, durable.
    READ_PLUGINS = "read_plugins"  # Each plugin gave its view.
    WELCOME = "welcome"  # From `hello` read to `welcome` written: the sum of the above.
    CONNECT = "connect"  # From `welcome` to DTLS up: the network and the browser.


class JoinResult(StrEnum):
    """How an attempt to join ended."""

    JOINED = "joined"
    RESUMED = "resumed"
    DENIED = "denied"  # By a token, a limit or a policy.
    FAILED = "failed"  # By us.


_NOTHING: Final = HistogramReading((), 0, 0.0)


@dataclass(frozen=True, slots=True)
class ActivityStatistics:
    """What people have done since the start; the mappings have enumerations as keys."""

    requests: Mapping[str, int] = field(default_factory=dict)  # By "answered" and "refused".
    entries_pushed: int = 0
    signals: Mapping[str, int] = field(default_factory=dict)  # "taken", "refused", "dropped".
    signals_pushed: int = 0
    signal_overruns: int = 0
    summaries_pushed: int = 0
    hook_timeouts: int = 0
    plugins_disabled: int = 0
    scheduler_failures: int = 0
    media_events_lost: int = 0
    uploads: Mapping[str, int] = field(default_factory=dict)  # "taken", or why not.
    uploaded_bytes: int = 0
    renderings: Mapping[str, int] = field(default_factory=dict)  # "done", or why not.
    rendering_s: HistogramReading = _NOTHING
    pages_rendered: int = 0
    file_bytes: int = 0  # Now.


@dataclass(frozen=True, slots=True)
class ClassroomStatistics:
    """Counted over the live actors at scrape time; the mappings have enumerations as keys."""

    rooms: Mapping[str, int] = field(default_factory=dict)  # By template.
    groups: Mapping[str, int] = field(default_factory=dict)  # By the template of their rooms.
    participants: Mapping[str, int] = field(default_factory=dict)  # By role.
    participants_away: int = 0  # Their connection is lost, their place is kept.
    participants_waiting: int = 0  # At the doors of rooms.
    tracks: Mapping[str, int] = field(default_factory=dict)  # By source.
    joins: Mapping[str, int] = field(default_factory=dict)  # By `JoinResult`, since the start.
    join_phases: Mapping[str, HistogramReading] = field(default_factory=dict)
    activity: ActivityStatistics = field(default_factory=ActivityStatistics)


@dataclass(frozen=True, slots=True)
class CongestionStatistics:
    """What an estimator of viewers' links would not believe."""

    rows_refused: int = 0
    clock_leaps: int = 0

    @classmethod
    def of(cls, estimator: object) -> Self:
        """Read what an estimator counts; a plugin's may count nothing."""
        return cls(
            rows_refused=getattr(estimator, "absurd_rows", 0),
            clock_leaps=getattr(estimator, "clock_leaps", 0),
        )


class GatewayReading(Protocol):
    """What the outlets of `web/` count."""

    @property
    def connections(self) -> int: ...
    @property
    def messages_sent(self) -> int: ...
    @property
    def messages_unknown(self) -> int: ...
    @property
    def messages_refused(self) -> int: ...
    @property
    def queued_broadcasts(self) -> int: ...
    @property
    def connections_too_slow(self) -> int: ...
    @property
    def connections_silent(self) -> int: ...
