"""How the actors answer a client's request that failed; the gateway adds its own.

Errors that speak of the request go out as they are. Of errors of ours the client gets the code, so
that it can react; their text stays in the log.
"""

from typing import Final

import structlog

from ..engine.errors import (
    ActorError,
    EmporionError,
    MediaError,
    RemoteProtocolError,
    RequestDenied,
)
from ..engine.protocol.server import RequestFailed

_TELLS_THE_CLIENT: Final = (RequestDenied, RemoteProtocolError, MediaError)
_log = structlog.get_logger()


def to_refusal(error: EmporionError, ref: int) -> RequestFailed:
    """Say what failed."""
    expected = to_expected_refusal(error, ref)
    if expected is not None:
        return expected
    _log.error("request.failed", code=error.code, exc_info=error)
    message = "The request failed."
    return RequestFailed(ref=ref, code=error.code, message=message, retryable=error.retryable)


def to_expected_refusal(error: BaseException, ref: int) -> RequestFailed | None:
    """Say what failed, if it is the request's fault or the room's present state; else None."""
    if isinstance(error, _TELLS_THE_CLIENT):
        message = str(error)
    elif isinstance(error, ActorError):
        message = "The room cannot take this request now."
    else:
        return None
    return RequestFailed(ref=ref, code=error.code, message=message, retryable=error.retryable)
