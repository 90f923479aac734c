"""One HTTP/1.1 connection by h11: read a request, answer it, again while it is kept alive.

Everything is bounded: the head to 16 KiB, a request to 10 s for its head, an answer to 60 s for
each part of it. A body is dropped, at most 1 MiB of it in 30 s, unless somebody takes it: then
it is read as it comes, and whoever takes it bounds it.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from http import HTTPStatus
from typing import Final

import h11
import trio
import trio.abc

from .peeked_stream import HEAD_TIMEOUT_S, MAX_HEAD_BYTES
from .routes import FilePart, HttpRequest, HttpResponse, RequestTaker, error_response

MAX_BODY_BYTES: Final = 1024 * 1024
BODY_TIMEOUT_S: Final = 30.0
IDLE_TIMEOUT_S: Final = 30.0  # Without any byte of an upload.
SEND_TIMEOUT_S: Final = 60.0
_LINGER_S: Final = 1.0
_LINGER_BYTES: Final = 4 * 1024 * 1024
# Browsers read the answer to an upload only when they have sent it all, or nearly.
_UPLOAD_LINGER_S: Final = 5.0
_UPLOAD_LINGER_BYTES: Final = 16 * 1024 * 1024
_READ_BYTES: Final = 16 * 1024
_UPLOAD_READ_BYTES: Final = 64 * 1024
_FILE_READ_BYTES: Final = 256 * 1024

Handler = Callable[[HttpRequest], HttpResponse]


class BodyTooLarge(Exception):
    """A request's body is above the limit."""


async def serve_http(
    stream: trio.abc.Stream, handle: Handler, takers: Sequence[RequestTaker] = ()
) -> None:
    """Answer requests until either side is done. Cancel-safe; does not close the stream."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
    while True:
        try:
            request = await _read_head(connection, stream)
            if request is None:
                return
            taker = next((each for each in takers if each.takes(request)), None)
            if taker is not None:
                response = await taker.take(request, _body(connection, stream))
                if connection.their_state is not h11.DONE:
                    await _refuse_upload(connection, stream, response)
                    return
            else:
                await _drop_body(connection, stream)
                response = handle(request)
        except h11.RemoteProtocolError as error:
            await _refuse(connection, stream, _protocol_failure(error.error_status_hint))
            return
        except BodyTooLarge:
            failure = error_response(413, "http.too_large", f"At most {MAX_BODY_BYTES} bytes.")
            await _refuse(connection, stream, failure)
            return
        except trio.TooSlowError:
            failure = error_response(408, "http.timeout", "The request took too long.")
            await _refuse(connection, stream, failure)
            return
        await _send(connection, stream, response, with_body=request.method != "HEAD")
        if connection.our_state is h11.MUST_CLOSE:
            await linger(stream)
            return
        connection.start_next_cycle()


async def linger(
    stream: trio.abc.Stream, *, limit_s: float = _LINGER_S, limit_bytes: int = _LINGER_BYTES
) -> None:
    """Wait a little for the peer to stop sending, or the reset would eat our last answer."""
    with trio.move_on_after(limit_s):
        if isinstance(stream, trio.abc.HalfCloseableStream):
            await stream.send_eof()
        received = 0
        while received < limit_bytes and (data := await stream.receive_some(_READ_BYTES)):
            received += len(data)


async def send_error(stream: trio.abc.Stream, response: HttpResponse) -> None:
    """Answer something that never became a request, and be done."""
    await _refuse(h11.Connection(h11.SERVER), stream, response)


async def _read_head(connection: h11.Connection, stream: trio.abc.Stream) -> HttpRequest | None:
    """The next request, its body not yet read; None: the peer is done."""
    with trio.fail_after(HEAD_TIMEOUT_S):
        event = await _next_event(connection, stream)
    if not isinstance(event, h11.Request):
        return None
    if event.http_version not in (b"1.0", b"1.1"):
        raise h11.RemoteProtocolError("another HTTP version", error_status_hint=505)
    return HttpRequest(
        method=event.method.decode("ascii"),
        target=event.target.decode("ascii"),
        headers={name.decode("ascii"): value.decode("latin-1") for name, value in event.headers},
    )


async def _drop_body(connection: h11.Connection, stream: trio.abc.Stream) -> None:
    """Read a body that no path takes."""
    received = 0
    with trio.fail_after(BODY_TIMEOUT_S):
        while isinstance(event := await _next_event(connection, stream), h11.Data):
            received += len(event.data)
            if received > MAX_BODY_BYTES:
                raise BodyTooLarge


async def _body(connection: h11.Connection, stream: trio.abc.Stream) -> AsyncIterator[bytes]:
    """Yield a body as it comes; each part of it has its own time."""
    while True:
        with trio.fail_after(IDLE_TIMEOUT_S):
            event = await _next_event(connection, stream, _UPLOAD_READ_BYTES)
        if not isinstance(event, h11.Data):
            return
        yield bytes(event.data)


async def _next_event(
    connection: h11.Connection, stream: trio.abc.Stream, read_bytes: int = _READ_BYTES
) -> object:
    while (event := connection.next_event()) is h11.NEED_DATA:
        if connection.they_are_waiting_for_100_continue:
            go_on = connection.send(h11.InformationalResponse(status_code=100, headers=[]))
            await stream.send_all(go_on or b"")
        connection.receive_data(bytes(await stream.receive_some(read_bytes)))
    return event


def _protocol_failure(status: int) -> HttpResponse:
    if status == 431:
        return error_response(431, "http.head_too_large", f"At most {MAX_HEAD_BYTES} bytes.")
    return error_response(status, "http.malformed", "This is no valid HTTP/1.1 request.")


async def _refuse(
    connection: h11.Connection, stream: trio.abc.Stream, response: HttpResponse
) -> None:
    if connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
        await _send(connection, stream, response, close=True)
    await linger(stream)


async def _refuse_upload(
    connection: h11.Connection, stream: trio.abc.Stream, response: HttpResponse
) -> None:
    await _send(connection, stream, response, close=True)
    await linger(stream, limit_s=_UPLOAD_LINGER_S, limit_bytes=_UPLOAD_LINGER_BYTES)


async def _send(
    connection: h11.Connection,
    stream: trio.abc.Stream,
    response: HttpResponse,
    *,
    with_body: bool = True,
    close: bool = False,
) -> None:
    if response.file is not None and with_body:
        await _send_file(connection, stream, response, response.file)
        return
    part = response.file
    size_bytes = len(response.body) if part is None else part.size_bytes
    events: list[h11.Event] = [_head(response, size_bytes, close=close)]
    if with_body and response.body:
        events.append(h11.Data(data=response.body))
    events.append(h11.EndOfMessage())
    with trio.fail_after(SEND_TIMEOUT_S):
        await stream.send_all(b"".join(connection.send(event) or b"" for event in events))


async def _send_file(
    connection: h11.Connection, stream: trio.abc.Stream, response: HttpResponse, part: FilePart
) -> None:
    """Send a part of a file, a piece in memory at a time."""
    try:
        file = await trio.open_file(part.path, "rb")
    except FileNotFoundError:
        gone = error_response(404, "files.unknown", "The file is not there any more.")
        await _send(connection, stream, gone)
        return
    async with file:
        await file.seek(part.offset)
        left = part.size_bytes
        data = connection.send(_head(response, left)) or b""
        while left:
            piece = await file.read(min(left, _FILE_READ_BYTES))
            if not piece:
                raise OSError(f"{part.path.name} is shorter than it was")
            left -= len(piece)
            data += connection.send(h11.Data(data=piece)) or b""
            with trio.fail_after(SEND_TIMEOUT_S):
                await stream.send_all(data)
            data = b""
    end = data + (connection.send(h11.EndOfMessage()) or b"")
    if end:
        await stream.send_all(end)


def _head(response: HttpResponse, size_bytes: int, *, close: bool = False) -> h11.Response:
    headers = [*response.headers]
    if response.status != 304:
        headers.append(("Content-Length", str(size_bytes)))
    if close:
        headers.append(("Connection", "close"))
    reason = HTTPStatus(response.status).phrase.encode("ascii")
    return h11.Response(status_code=response.status, headers=headers, reason=reason)
