"""How the actors answer a client's request that failed; the gateway does the same for its own.

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
    if isinstance(error, _TELLS_THE_CLIENT):
        return RequestFailed(
            ref=ref, code=error.code, message=str(error), retryable=error.retryable
        )
    if isinstance(error, ActorError):
        message = "The room cannot take this request now."
    else:
        message = "The request failed."
        _log.error("request.failed", code=error.code, exc_info=error)
    return RequestFailed(ref=ref, code=error.code, message=message, retryable=error.retryable)
