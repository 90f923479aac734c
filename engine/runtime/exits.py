"""Why an actor ended: a closed union of reasons, and every cause of an expected end."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ref import ActorRef


class StopCause(StrEnum):
    """Every cause of an expected end. An end that is in no line of this list is a `Crash`."""

    UNPUBLISHED = "unpublished"
    """The publisher took the track back."""
    LEFT = "left"
    """The participant said goodbye."""
    REMOVED = "removed"
    """A host put the participant out, or took the track or plugin away."""
    BANNED = "banned"
    """A host put the participant out for good."""
    DUPLICATE_IDENTITY = "duplicate_identity"
    """The same identity joined again, and the later one took over."""
    CONNECTION_TIMEOUT = "connection_timeout"
    """The connection was lost and nobody resumed it in time."""
    TRANSPORT_FAILED = "transport_failed"
    """The media transport could not be set up, or its peer is no longer there."""
    TOKEN_EXPIRED = "token_expired"
    """The right to be in the room ran out."""
    ROOM_CLOSED = "room_closed"
    """A host or an operator closed the room."""
    ROOM_EMPTY = "room_empty"
    """Nobody was in the room for its empty timeout."""
    OVERLOADED = "overloaded"
    """The mailbox was full when a message with `Overflow.DISCONNECT` came: the slow one goes."""
    SIBLING_CRASHED = "sibling_crashed"
    """Ended together with a crashed sibling (`ONE_FOR_ALL`, `REST_FOR_ONE`), to start again."""
    SUPERVISOR = "supervisor"
    """The supervisor gave up (`RestartIntensityExceeded`), or somebody stopped the child without a
    closer cause."""
    SERVER_STOPPING = "server_stopping"
    """The node is shutting down."""


@dataclass(frozen=True, slots=True)
class Normal:
    """The work was done: `receive` or `started` raised `Shutdown()` without a cause."""

    def __str__(self) -> str:
        return "normal"


@dataclass(frozen=True, slots=True)
class Stopped:
    """The end was expected."""

    cause: StopCause

    def __str__(self) -> str:
        return f"stopped: {self.cause}"


@dataclass(frozen=True, slots=True)
class Crash:
    """The end was not expected."""

    error: BaseException

    def __str__(self) -> str:
        return f"crash: {self.error!r}"


ExitReason = Normal | Stopped | Crash


class Shutdown(Exception):
    """Raised by an actor to end expectedly: `Stopped(cause)`, or `Normal()` without a cause."""

    def __init__(self, cause: StopCause | None = None) -> None:
        super().__init__(str(cause) if cause is not None else "normal")
        self.cause = cause

    @property
    def reason(self) -> Normal | Stopped:
        return Normal() if self.cause is None else Stopped(self.cause)


@dataclass(frozen=True, slots=True)
class Down:
    """An actor has ended for good: it will not be restarted, and its mailbox is closed."""

    ref: "ActorRef[Any]"  # Any: watchers hear of actors of every message type.
    reason: ExitReason
