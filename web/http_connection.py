"""One HTTP/1.1 connection by h11: read a request, answer it, again while it is kept alive.

Everything is bounded: the head to 16 KiB, the body to 1 MiB, a request to 10 s for its head and
30 s for its body, an answer to 60 s.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import h11
import trio
import trio.abc

from .peeked_stream import HEAD_TIMEOUT_S, MAX_HEAD_BYTES
from .routes import HttpRequest, HttpResponse, error_response

MAX_BODY_BYTES: Final = 1024 * 1024
BODY_TIMEOUT_S: Final = 30.0
SEND_TIMEOUT_S: Final = 60.0
_LINGER_S: Final = 1.0
_LINGER_BYTES: Final = 4 * 1024 * 1024
_READ_BYTES: Final = 16 * 1024

Handler = Callable[[HttpRequest], HttpResponse]


class BodyTooLarge(Exception):
    """A request's body is above the limit."""


async def serve_http(stream: trio.abc.Stream, handle: Handler) -> None:
    """Answer requests until either side is done. Cancel-safe; does not close the stream."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
    while True:
        try:
            request = await _read_request(connection, stream)
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
        if request is None:
            return
        await _send(connection, stream, handle(request), with_body=request.method != "HEAD")
        if connection.our_state is h11.MUST_CLOSE:
            await linger(stream)
            return
        connection.start_next_cycle()


async def linger(stream: trio.abc.Stream) -> None:
    """Wait a little for the peer to stop sending, or the reset would eat our last answer."""
    with trio.move_on_after(_LINGER_S):
        if isinstance(stream, trio.abc.HalfCloseableStream):
            await stream.send_eof()
        received = 0
        while received < _LINGER_BYTES and (data := await stream.receive_some(_READ_BYTES)):
            received += len(data)


async def send_error(stream: trio.abc.Stream, response: HttpResponse) -> None:
    """Answer something that never became a request, and be done."""
    await _refuse(h11.Connection(h11.SERVER), stream, response)


async def _read_request(connection: h11.Connection, stream: trio.abc.Stream) -> HttpRequest | None:
    """The next request, its body read and dropped (no path takes one); None: the peer is done."""
    with trio.fail_after(HEAD_TIMEOUT_S):
        event = await _next_event(connection, stream)
    if not isinstance(event, h11.Request):
        return None
    if event.http_version not in (b"1.0", b"1.1"):
        raise h11.RemoteProtocolError("another HTTP version", error_status_hint=505)
    request = HttpRequest(
        method=event.method.decode("ascii"),
        target=event.target.decode("ascii"),
        headers={name.decode("ascii"): value.decode("latin-1") for name, value in event.headers},
    )
    received = 0
    with trio.fail_after(BODY_TIMEOUT_S):
        while isinstance(event := await _next_event(connection, stream), h11.Data):
            received += len(event.data)
            if received > MAX_BODY_BYTES:
                raise BodyTooLarge
    return request


async def _next_event(connection: h11.Connection, stream: trio.abc.Stream) -> object:
    while (event := connection.next_event()) is h11.NEED_DATA:
        if connection.they_are_waiting_for_100_continue:
            go_on = connection.send(h11.InformationalResponse(status_code=100, headers=[]))
            await stream.send_all(go_on or b"")
        connection.receive_data(bytes(await stream.receive_some(_READ_BYTES)))
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


async def _send(
    connection: h11.Connection,
    stream: trio.abc.Stream,
    response: HttpResponse,
    *,
    with_body: bool = True,
    close: bool = False,
) -> None:
    headers = [*response.headers]
    if response.status != 304:
        headers.append(("Content-Length", str(len(response.body))))
    if close:
        headers.append(("Connection", "close"))
    reason = HTTPStatus(response.status).phrase.encode("ascii")
    events: list[h11.Event] = [
        h11.Response(status_code=response.status, headers=headers, reason=reason)
    ]
    if with_body and response.body:
        events.append(h11.Data(data=response.body))
    events.append(h11.EndOfMessage())
    with trio.fail_after(SEND_TIMEOUT_S):
        await stream.send_all(b"".join(connection.send(event) or b"" for event in events))
