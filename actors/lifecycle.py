"""What a client is told when its participant ends: the table of docs/explanation/lifecycle.md."""

from collections.abc import Mapping
from typing import Final

from ..engine.protocol.server import Goodbye
from ..engine.runtime import Crash, ExitReason, StopCause, Stopped

CRASHED: Final = "crashed"

_FAILED: Final = Goodbye(
    code="internal", message="Something failed here; join again.", retryable=True
)
_CLOSED: Final = Goodbye(code="room_closed", message="The room was closed.")

GOODBYES: Final[Mapping[StopCause, Goodbye]] = {
    StopCause.LEFT: Goodbye(code="left", message="You left."),
    StopCause.REMOVED: Goodbye(code="removed", message="A host removed you from the room."),
    StopCause.BANNED: Goodbye(code="banned", message="A host banned you from the room."),
    StopCause.DUPLICATE_IDENTITY: Goodbye(
        code="duplicate_identity", message="You joined from another window."
    ),
    StopCause.CONNECTION_TIMEOUT: Goodbye(
        code="connection_timeout", message="You were away for too long.", retryable=True
    ),
    StopCause.TRANSPORT_FAILED: Goodbye(
        code="media_lost", message="The media connection was lost.", retryable=True
    ),
    StopCause.ROOM_CLOSED: _CLOSED,
    StopCause.ROOM_EMPTY: _CLOSED,
    StopCause.OVERLOADED: Goodbye(code="too_slow", message="Too many requests.", retryable=True),
    StopCause.SERVER_STOPPING: Goodbye(
        code="server_stopping", message="The server is stopping.", retryable=True
    ),
}

RESUMED_ELSEWHERE: Final = Goodbye(
    code="resumed_elsewhere", message="You went on from another connection."
)


def goodbye_for(reason: ExitReason) -> Goodbye:
    """Return the last message of a participant that ends for this reason."""
    if isinstance(reason, Stopped):
        return GOODBYES.get(reason.cause, _FAILED)
    return _FAILED


def journal_cause(reason: ExitReason) -> str:
    """Return the `cause` of `room.participant_left`."""
    if isinstance(reason, Stopped):
        return reason.cause
    return CRASHED if isinstance(reason, Crash) else StopCause.LEFT
