"""`GET /metrics` on a port of its own, so that no visitor of the pages can reach it."""

from typing import Final

import h11
import structlog
import trio
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

MAX_CONNECTIONS: Final = 16  # Prometheus needs one; the rest is for people with curl.
IDLE_TIMEOUT_S: Final = 60.0  # Longer than a scrape interval, so that the connection is kept.
REQUEST_TIMEOUT_S: Final = 10.0  # Prometheus' own scrape timeout.
_READ_BYTES: Final = 4096

_log = structlog.get_logger()


async def serve_metrics(
    registry: CollectorRegistry,
    *,
    host: str,
    port: int,
    task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve until cancelled; reports the port it listens on.

    Raises:
        OSError: The port is taken.
    """
    limit = trio.CapacityLimiter(MAX_CONNECTIONS)

    async def handle(stream: trio.SocketStream) -> None:
        async with limit, stream:
            await _Connection(stream, registry).serve()

    listeners = await trio.open_tcp_listeners(port, host=host)
    async with trio.open_nursery() as nursery:
        await nursery.start(trio.serve_listeners, handle, listeners)
        task_status.started(listeners[0].socket.getsockname()[1])


class _Connection:
    """One HTTP/1.1 connection; whatever its peer does ends at most this connection."""

    def __init__(self, stream: trio.SocketStream, registry: CollectorRegistry) -> None:
        self._stream = stream
        self._registry = registry
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_READ_BYTES)

    async def serve(self) -> None:
        try:
            while (request := await self._next_request()) is not None:
                with trio.fail_after(REQUEST_TIMEOUT_S):
                    await self._respond(request)
                if self._http.our_state is not h11.DONE:
                    return
                self._http.start_next_cycle()
        except h11.RemoteProtocolError as error:
            await self._refuse(error)
        except (trio.TooSlowError, trio.BrokenResourceError):
            return

    async def _next_request(self) -> h11.Request | None:
        """Read a request to its end; None: the peer has closed. A body says nothing to us."""
        with trio.fail_after(IDLE_TIMEOUT_S):
            request = await self._next_event()
            if not isinstance(request, h11.Request):
                return None
            while not isinstance(await self._next_event(), h11.EndOfMessage):
                pass
            return request

    async def _respond(self, request: h11.Request) -> None:
        if request.target.split(b"?")[0] != b"/metrics":
            await self._send(request, 404, b"only /metrics is here\n")
        elif request.method not in (b"GET", b"HEAD"):
            await self._send(request, 405, b"only GET and HEAD\n")
        else:
            await self._scrape(request)

    async def _scrape(self, request: h11.Request) -> None:
        try:
            body = generate_latest(self._registry)
        except Exception:  # The edge (E3): a collector's bug costs a scrape, not the node.
            _log.exception("metrics.scrape_failed")
            await self._send(request, 500, b"the collector failed; see the log\n")
        else:
            await self._send(request, 200, body, content_type=CONTENT_TYPE_LATEST)

    async def _send(
        self,
        request: h11.Request | None,
        status: int,
        body: bytes,
        *,
        content_type: str = "text/plain; charset=utf-8",
    ) -> None:
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        if status == 405:
            headers.append(("Allow", "GET, HEAD"))
        out = self._http.send(h11.Response(status_code=status, headers=headers)) or b""
        if request is None or request.method != b"HEAD":
            out += self._http.send(h11.Data(data=body)) or b""
        out += self._http.send(h11.EndOfMessage()) or b""
        await self._stream.send_all(out)

    async def _refuse(self, error: h11.RemoteProtocolError) -> None:
        """Say what was wrong, if HTTP still allows an answer."""
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        with trio.move_on_after(REQUEST_TIMEOUT_S):
            try:
                await self._send(None, error.error_status_hint, b"bad request\n")
            except (trio.BrokenResourceError, h11.LocalProtocolError):
                return

    async def _next_event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._stream.receive_some(_READ_BYTES))
        return event
