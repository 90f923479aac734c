"""The one place that turns exceptions into what a client is told (CONVENTIONS E2).

Errors that speak of the client's request go out as they are. Errors of ours keep their code, so
that a client can react, but their text stays in the log under an id that the client is given.
"""

import secrets
from collections.abc import Iterator

import structlog

from ..actors.refusals import to_expected_refusal
from ..engine.errors import EmporionError
from ..engine.protocol.codec import MessageRefused
from ..engine.protocol.server import RequestFailed

_log = structlog.get_logger("emporion.web")


def to_failure(error: BaseException, ref: int) -> RequestFailed:
    """Say what failed. What is not an `EmporionError` becomes `internal` and a logged id.

    Args:
        error: An exception, or a group of them: its first `EmporionError` speaks for all.
        ref: The request's; a `MessageRefused` brings its own.
    """
    error = _speaker(error)
    if isinstance(error, MessageRefused):
        return RequestFailed(ref=error.ref, code=error.code, message=str(error))
    return to_expected_refusal(error, ref) or _internal(error, ref)


def _internal(error: BaseException, ref: int) -> RequestFailed:
    failure_id = secrets.token_hex(6)
    _log.error("web.request_failed", failure_id=failure_id, exc_info=error)
    code = error.code if isinstance(error, EmporionError) else "internal"
    return RequestFailed(ref=ref, code=code, message=f"Internal error {failure_id}.")


def _speaker(error: BaseException) -> BaseException:
    return next((leaf for leaf in _leaves(error) if isinstance(leaf, EmporionError)), error)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
