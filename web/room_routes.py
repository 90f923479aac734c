"""Rooms over HTTP, for those who operate them: which scheduler decides.

`GET` and `PUT /api/v1/rooms/{room}/scheduler`, with the token of a host of that room as
`Authorization: Bearer`. docs/reference/http.md has examples.
"""

import re
from collections.abc import AsyncIterator
from typing import Final, Protocol
from urllib.parse import unquote

import h11
import msgspec
import trio

from ..engine.errors import RemoteProtocolError, RequestDenied
from .failures import to_failure
from .routes import HttpRequest, HttpResponse, error_response, secured
from .tokens import TokenVerifier

MAX_BODY_BYTES: Final = 4096

_PATH: Final = re.compile(r"/api/v1/rooms/([^/]{1,384})/scheduler")
_CONNECTION_TROUBLE: Final = (
    h11.RemoteProtocolError,
    trio.BrokenResourceError,
    trio.ClosedResourceError,
    trio.TooSlowError,
)
_STATUS: Final = {
    "http.body_invalid": 400,
    "scheduler.unknown": 400,
    "token.invalid": 401,
    "token.expired": 401,
    "token.not_yet_valid": 401,
    "room.unknown": 404,
    "http.method_not_allowed": 405,
}


class SchedulerChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a `PUT`."""

    scheduler: str


class SchedulerView(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered: which one decides, and which there are."""

    scheduler: str
    schedulers: tuple[str, ...]


class RoomDoor(Protocol):
    """What is needed of `actors.classroom.Classroom`."""

    def scheduler(self, room: str) -> tuple[str, tuple[str, ...]]:
        """Return which one decides in an open room, and which there are.

        Raises:
            RequestDenied: `room.unknown`.
        """
        ...

    async def choose_scheduler(self, room: str, name: str) -> None:
        """Have another one decide.

        Raises:
            RequestDenied: `room.unknown`, `scheduler.unknown`.
        """
        ...


class RoomRoutes:
    """`RequestTaker` for the paths of rooms."""

    def __init__(self, rooms: RoomDoor, verifier: TokenVerifier) -> None:
        self._rooms = rooms
        self._verifier = verifier

    def takes(self, request: HttpRequest) -> bool:
        return _PATH.fullmatch(request.target.partition("?")[0]) is not None

    async def take(self, request: HttpRequest, body: AsyncIterator[bytes]) -> HttpResponse:
        """Answer 200 with what holds now, or a failure."""
        try:
            content = await _read(body)
            view = await self._answer(request, content)
        except _CONNECTION_TROUBLE:
            raise
        except Exception as error:  # Every failure is the client's answer (E3): to_failure logs.
            return secured(request, _failure(error))
        headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
        return secured(request, HttpResponse(200, headers, msgspec.json.encode(view)))

    async def _answer(self, request: HttpRequest, content: bytes) -> SchedulerView:
        match = _PATH.fullmatch(request.target.partition("?")[0])
        assert match is not None, "takes has said so"
        room = unquote(match[1])
        self._check_host(request, room)
        if request.method == "PUT":
            try:
                choice = msgspec.json.decode(content, type=SchedulerChoice)
            except msgspec.DecodeError as error:  # Not JSON, or of another form.
                raise RequestDenied(f"The body: {error}.", code="http.body_invalid") from None
            await self._rooms.choose_scheduler(room, choice.scheduler)
        elif request.method not in ("GET", "HEAD"):
            raise RequestDenied("GET and PUT only.", code="http.method_not_allowed")
        scheduler, schedulers = self._rooms.scheduler(room)
        return SchedulerView(scheduler=scheduler, schedulers=schedulers)

    def _check_host(self, request: HttpRequest, room: str) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        admission = self._verifier.admit(token.strip() if scheme.lower() == "bearer" else "")
        if admission.room != room:
            raise RequestDenied("The token is for another room.", code="token.room_mismatch")
        if not (admission.grants.room_admin or admission.grants.role == "host"):
            raise RequestDenied("Only hosts may do this.", code="grant.missing")


async def _read(body: AsyncIterator[bytes]) -> bytes:
    """Read a body to its end; what is beyond the limit is dropped, and said at the end."""
    content = b""
    async for data in body:
        content = (content + data)[: MAX_BODY_BYTES + 1]
    if len(content) > MAX_BODY_BYTES:
        raise RemoteProtocolError(f"At most {MAX_BODY_BYTES} bytes.", code="http.body_invalid")
    return content


def _failure(error: Exception) -> HttpResponse:
    failure = to_failure(error, 0)
    status = _STATUS.get(failure.code, 503 if failure.retryable else 403)
    return error_response(
        500 if failure.code == "internal" else status, failure.code, failure.message
    )
