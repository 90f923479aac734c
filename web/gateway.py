"""The gateway: one TCP port for everything but media.

Each new connection is looked at: a WebSocket opening goes to trio-websocket (RFC 6455), all else
to the h11 loop (RFC 9112). Whatever one peer does ends at most its own connection.
"""

import logging
from dataclasses import dataclass
from typing import Final

import structlog
import trio
from trio_websocket import ConnectionClosed, WebSocketRequest, wrap_server_stream

from ..engine.protocol.codec import encode_server
from ..engine.protocol.envelope import MAX_FRAME_BYTES, SUBPROTOCOL
from ..engine.protocol.server import Goodbye
from .close_code import CloseCode
from .connection import CLOSE_TIMEOUT_S, ConnectionContext, serve_connection
from .http_connection import linger, send_error, serve_http
from .listeners import Listener, Stream, listening_port
from .outlet import Outlet, SocketWriter, TlsWriter, frame
from .outlet_table import OutletStatistics
from .peeked_stream import PeekedStream, asks_for_websocket, read_head
from .routes import HttpRequest, HttpResponse, Site, error_response, respond

HANDSHAKE_TIMEOUT_S: Final = 10.0
_MESSAGE_QUEUE: Final = 8  # Messages read ahead: a pong behind them is still seen while we join.
_READ_BYTES: Final = 64 * 1024  # An offer of 25 kB in one read, not in seven.
_TOO_BIG: Final = 1009
_JSON: Final = ((b"Content-Type", b"application/json"),)
_NO_SUBPROTOCOL: Final = (
    b'{"code":"protocol.subprotocol_missing","message":"Ask for the subprotocol emporion.v1."}'
)

# The peer went, or was too slow: nothing that anybody needs to read about.
_PEER_ENDED: Final = (
    OSError,
    trio.TooSlowError,
    trio.BrokenResourceError,
    trio.ClosedResourceError,
    ConnectionClosed,
)
_TOO_SLOW: Final = frame(
    encode_server(
        Goodbye(
            code="too_slow",
            message="This connection could not keep up with the room.",
            retryable=True,
        )
    )
)
_STOPPING: Final = encode_server(
    Goodbye(code="server_stopping", message="The server is stopping.", retryable=True)
)
_log = structlog.get_logger("emporion.web")

# Its debug lines cost 15 µs a message even where nobody reads them.
logging.getLogger("trio-websocket").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class GatewayStatistics:
    """Counters since the start (L4)."""

    connections_open: int
    connections_total: int
    websockets_open: int
    websockets_total: int
    websockets_rejected: int
    http_requests: int
    connections_failed: int  # Ended by a bug of ours.
    outlets: OutletStatistics


class Gateway:
    """Serves until it is cancelled; then says goodbye to everybody and waits for them a little."""

    def __init__(
        self, listeners: list[Listener], context: ConnectionContext, site: Site, *, grace_s: float
    ) -> None:
        self._listeners = listeners
        self._context = context
        self._site = site
        self._grace_s = grace_s
        self._open = self._total = self._websockets = self._websockets_total = 0
        self._rejected = self._requests = self._failed = 0
        self._last_websocket_gone = trio.Event()
        self.port = listening_port(listeners)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Accept and serve. The connections outlive the cancelling by the grace for goodbyes."""
        async with trio.open_nursery() as nursery:
            connections = await nursery.start(self._host_connections)
            try:
                task_status.started()
                await trio.serve_listeners(
                    self._serve_stream, self._listeners, handler_nursery=connections
                )
            finally:
                with trio.CancelScope(shield=True):
                    await self._say_goodbye()
                connections.cancel_scope.cancel()

    def statistics(self) -> GatewayStatistics:
        return GatewayStatistics(
            connections_open=self._open,
            connections_total=self._total,
            websockets_open=self._websockets,
            websockets_total=self._websockets_total,
            websockets_rejected=self._rejected,
            http_requests=self._requests,
            connections_failed=self._failed,
            outlets=self._context.table.statistics(),
        )

    async def _host_connections(self, *, task_status: trio.TaskStatus[trio.Nursery]) -> None:
        with trio.CancelScope(shield=True):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._context.table.run)
                task_status.started(nursery)
                await trio.sleep_forever()

    async def _say_goodbye(self) -> None:
        self._last_websocket_gone = trio.Event()
        self._context.table.close_all(CloseCode.GOING_AWAY, _STOPPING)
        if self._websockets:
            with trio.move_on_after(self._grace_s):
                await self._last_websocket_gone.wait()

    # -- one connection --------------------------------------------------------------------------

    async def _serve_stream(self, stream: Stream) -> None:
        """One peer, from accept to close. The gateway's edge: nothing gets out of here (E3)."""
        self._open += 1
        self._total += 1
        try:
            await self._serve_peer(stream)
        except* _PEER_ENDED:
            pass
        except* Exception as group:
            self._failed += 1
            _log.error("web.connection_failed", exc_info=group)
        finally:
            self._open -= 1
            await trio.aclose_forcefully(stream)

    async def _serve_peer(self, stream: Stream) -> None:
        if isinstance(stream, trio.SSLStream):
            with trio.fail_after(HANDSHAKE_TIMEOUT_S):
                await stream.do_handshake()
        if self._open > self._context.settings.max_connections:
            await send_error(stream, error_response(503, "http.full", "Too many connections."))
            return
        try:
            head = await read_head(stream)
        except trio.TooSlowError:
            failure = error_response(408, "http.timeout", "The request took too long.")
            await send_error(stream, failure)
            return
        peeked = PeekedStream(stream, head)
        if asks_for_websocket(head):
            await self._serve_websocket(stream, peeked)
        elif head:
            await serve_http(peeked, self._respond, self._site.takers)

    def _respond(self, request: HttpRequest) -> HttpResponse:
        self._requests += 1
        return respond(request, self._site)

    # -- WebSocket -------------------------------------------------------------------------------

    async def _serve_websocket(self, stream: Stream, peeked: PeekedStream) -> None:
        writer = (
            SocketWriter(stream) if isinstance(stream, trio.SocketStream) else TlsWriter(stream)
        )
        limit_bytes = self._context.settings.backlog_bytes
        outlet = Outlet(peeked, writer, limit_bytes=limit_bytes, last_words=_TOO_SLOW)
        close_code = None
        async with trio.open_nursery() as nursery:
            nursery.start_soon(outlet.pump)
            request = await self._handshake(nursery, outlet)
            if request is not None:
                self._websockets += 1
                self._websockets_total += 1
                try:
                    close_code = await self._serve_accepted(request, outlet)
                finally:
                    self._forget_websocket()
            else:
                self._rejected += 1
            nursery.cancel_scope.cancel()
        if request is None or close_code == _TOO_BIG:
            await linger(stream)

    async def _handshake(self, nursery: trio.Nursery, outlet: Outlet) -> WebSocketRequest | None:
        """The opening handshake up to our answer; None: refused, and told so."""
        request: WebSocketRequest | None = None
        with trio.move_on_after(HANDSHAKE_TIMEOUT_S) as waiting:
            outlet.on_gone = waiting.cancel  # trio-websocket refuses bad openings by itself.
            request = await wrap_server_stream(
                nursery,
                outlet,
                message_queue_size=_MESSAGE_QUEUE,
                max_message_size=MAX_FRAME_BYTES,
                receive_buffer_size=_READ_BYTES,
            )
        outlet.on_gone = lambda: None
        if request is None:
            return None
        if request.path.partition("?")[0] != "/ws":
            await request.reject(404, extra_headers=[*_JSON], body=b'{"code":"http.not_found"}')
            return None
        if SUBPROTOCOL not in request.proposed_subprotocols:
            await request.reject(400, extra_headers=[*_JSON], body=_NO_SUBPROTOCOL)
            return None
        return request

    async def _serve_accepted(self, request: WebSocketRequest, outlet: Outlet) -> int | None:
        """Run the connection; return the code it was closed with."""
        with trio.fail_after(HANDSHAKE_TIMEOUT_S):
            websocket = await request.accept(subprotocol=SUBPROTOCOL)
        try:
            await serve_connection(websocket, outlet, self._context)
        finally:
            with trio.move_on_after(CLOSE_TIMEOUT_S, shield=True):
                await websocket.aclose()
        return websocket.closed.code if websocket.closed is not None else None

    def _forget_websocket(self) -> None:
        self._websockets -= 1
        if not self._websockets:
            self._last_websocket_gone.set()
