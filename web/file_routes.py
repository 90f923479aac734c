"""Files of rooms over HTTP: an upload's body goes to the file desk as it comes, ranges come back.

A ticket, which a participant's `welcome` carries, says who asks: as `Authorization: Bearer` of an
upload, as `ticket` in the address of a download, where a picture's element can have no header.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qs, quote, unquote

import h11
import msgspec
import trio

from ..actors.file_desk import FileOffer, FoundFile
from ..engine.clock import Clock
from ..engine.errors import RequestDenied
from ..plugins.views import FileView
from .failures import to_failure
from .routes import FilePart, Headers, HttpRequest, HttpResponse, error_response, secured

MAX_NAME_CHARS: Final = 200
# An upload may take its time on a weak line, but may not hold its place in the quotas for ever.
_SLOWEST_BYTES_PER_S: Final = 4 * 1024
_PATIENCE_S: Final = 30.0

_UPLOAD_PATH: Final = re.compile(r"/api/v1/rooms/([^/]{1,384})/files")
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f/\\]")
_PAGE: Final = re.compile(r"pages/([1-9]\d{0,3})/(screen|thumb)")
# Nothing in a file may run or load anything, whatever a browser takes it for.
_FENCE: Final = (
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# A file never changes, and its id is its secret.
_CACHED: Final = ("Cache-Control", "private, max-age=31536000, immutable")

_CONNECTION_TROUBLE: Final = (
    h11.RemoteProtocolError,
    trio.BrokenResourceError,
    trio.ClosedResourceError,
)
_STATUS: Final = {
    "files.broken": 400,
    "files.empty": 400,
    "files.name_invalid": 400,
    "files.purpose_unknown": 400,
    "files.no_ticket": 401,
    "files.room_mismatch": 403,
    "grant.missing": 403,
    "participant.unknown": 403,
    "files.unknown": 404,
    "files.too_slow": 408,
    "files.too_large": 413,
    "files.picture_too_large": 413,
    "files.quota_exceeded": 413,
    "files.type_not_allowed": 415,
    "files.too_many": 429,
    "files.disk_full": 507,
    "internal": 500,
}


class FileDoor(Protocol):
    """What is needed of `actors.file_desk.FileDesk`."""

    def find(self, ticket: str, file_id: str) -> FoundFile: ...
    def find_page(self, ticket: str, file_id: str, page: int, size: str) -> Path: ...
    async def take(self, offer: FileOffer, body: AsyncIterable[bytes]) -> FileView: ...


class FileRoutes:
    """`RequestTaker` of uploads, and `Site.fetch_file`."""

    def __init__(self, desk: FileDoor, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock

    def takes(self, request: HttpRequest) -> bool:
        path = request.target.partition("?")[0]
        return request.method == "POST" and _UPLOAD_PATH.fullmatch(path) is not None

    async def take(self, request: HttpRequest, body: AsyncIterator[bytes]) -> HttpResponse:
        """Answer 201 with what is known of the file, or a failure."""
        try:
            offer = _offer(request)
            view = await self._desk.take(offer, self._paced(body))
        except _CONNECTION_TROUBLE:
            raise
        except Exception as error:  # Every failure is the client's answer (E3): to_failure logs.
            return secured(request, _failure(error))
        common = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
        return secured(request, HttpResponse(201, common, msgspec.json.encode(_answer(view))))

    def fetch(self, path: str, request: HttpRequest) -> HttpResponse:
        """Answer with a file, a range of it, a page of it, or that nothing has changed."""
        ticket = _query(request).get("ticket", "")
        file_id, _, rest = path.partition("/")
        if rest:
            return self._fetch_page(ticket, file_id, rest, request)
        try:
            found = self._desk.find(ticket, file_id)
        except RequestDenied as error:
            return _failure(error)
        view = found.view
        headers: Headers = (
            ("ETag", f'"{view.file_id}"'),
            _CACHED,
            ("Accept-Ranges", "bytes"),
        )
        if f'"{view.file_id}"' in request.headers.get("if-none-match", ""):
            return HttpResponse(304, headers)
        headers += (
            ("Content-Type", view.media_type),
            ("Content-Disposition", _disposition(view)),
            *_FENCE,
        )
        return _ranged(request, found, headers)

    def _fetch_page(
        self, ticket: str, file_id: str, rest: str, request: HttpRequest
    ) -> HttpResponse:
        match = _PAGE.fullmatch(rest)
        if match is None:
            return error_response(404, "http.not_found", "There is nothing at this path.")
        try:
            path = self._desk.find_page(ticket, file_id, int(match[1]), match[2])
            size_bytes = path.stat().st_size
        except RequestDenied as error:
            return _failure(error)
        except OSError:
            return error_response(404, "files.unknown", "There is no such page.")
        etag = f'"{file_id}/{rest}"'
        headers: Headers = (("ETag", etag), _CACHED)
        if etag in request.headers.get("if-none-match", ""):
            return HttpResponse(304, headers)
        headers += (("Content-Type", "image/webp"), *_FENCE)
        return HttpResponse(200, headers, file=FilePart(path, 0, size_bytes))

    async def _paced(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Give up on a body that comes too slowly."""
        started_s = self._clock.now_s()
        received = 0
        try:
            async for data in body:
                received += len(data)
                late_s = self._clock.now_s() - started_s - _PATIENCE_S
                if late_s > 0 and received < late_s * _SLOWEST_BYTES_PER_S:
                    raise trio.TooSlowError
                yield data
        except trio.TooSlowError:
            raise RequestDenied(
                "The file came too slowly.", code="files.too_slow", retryable=True
            ) from None


def _offer(request: HttpRequest) -> FileOffer:
    match = _UPLOAD_PATH.fullmatch(request.target.partition("?")[0])
    assert match is not None, "takes has said so"
    query = _query(request)
    scheme, _, ticket = request.headers.get("authorization", "").partition(" ")
    name = query.get("name", "").strip()
    if not name or len(name) > MAX_NAME_CHARS or _CONTROL.search(name):
        raise RequestDenied(
            f"`name` must have 1 to {MAX_NAME_CHARS} characters, without slashes.",
            code="files.name_invalid",
        )
    length = request.headers.get("content-length", "0")
    return FileOffer(
        ticket=ticket.strip() if scheme.lower() == "bearer" else "",
        room=unquote(match[1]),
        purpose=query.get("purpose", "")[:64],
        name=name,
        size_bytes=int(length) if length.isdecimal() else 0,
    )


def _query(request: HttpRequest) -> dict[str, str]:
    """The parameters; of several with one name the first."""
    try:
        fields = parse_qs(request.target.partition("?")[2], max_num_fields=16)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _answer(view: FileView) -> dict[str, str | int]:
    return {
        "file_id": view.file_id,
        "name": view.name,
        "media_type": view.media_type,
        "size_bytes": view.size_bytes,
        "width_px": view.width_px,
        "height_px": view.height_px,
    }


def _failure(error: Exception) -> HttpResponse:
    failure = to_failure(error, 0)
    # A plugin's no: its code is not in the table.
    status = _STATUS.get(failure.code, 503 if failure.retryable else 403)
    return error_response(status, failure.code, failure.message)


def _disposition(view: FileView) -> str:
    """Pictures may be shown; everything else is saved (RFC 6266, RFC 8187)."""
    kind = "inline" if view.media_type.startswith("image/") else "attachment"
    return f"{kind}; filename*=UTF-8''{quote(view.name, safe='')}"


def _ranged(request: HttpRequest, found: FoundFile, headers: Headers) -> HttpResponse:
    """The whole file, or the one range that is asked for (RFC 9110 §14); several give the whole."""
    size_bytes = found.view.size_bytes
    match = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    condition = request.headers.get("if-range")
    is_whole = match is None or not (match[1] or match[2])
    if is_whole or condition not in (None, f'"{found.view.file_id}"'):
        return HttpResponse(200, headers, file=FilePart(found.path, 0, size_bytes))
    assert match is not None, "it is not the whole"
    if match[1]:
        start, last = int(match[1]), min(int(match[2] or size_bytes), size_bytes - 1)
    else:
        start, last = max(0, size_bytes - int(match[2])), size_bytes - 1
    if start > last:
        unsatisfied = (("Content-Range", f"bytes */{size_bytes}"),)
        return error_response(416, "http.range", "The file has no such range.", unsatisfied)
    headers += (("Content-Range", f"bytes {start}-{last}/{size_bytes}"),)
    return HttpResponse(206, headers, file=FilePart(found.path, start, last - start + 1))
