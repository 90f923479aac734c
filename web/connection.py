"""The life of one WebSocket: first `hello` or `resume`, then requests, until one side ends it.

The connection decides nothing about rooms. It reads, checks the form, and hands on to the
classroom; what the classroom has to say comes back through the `OutletTable`, past this task.
"""

import time
from dataclasses import dataclass
from typing import Final, Protocol

import trio
from trio_websocket import ConnectionClosed, WebSocketConnection

from ..actors.counters import ClassroomCounters
from ..actors.messages import JoinRequest, ResumeRequest
from ..engine.clock import Clock
from ..engine.config import HttpConfig
from ..engine.errors import RemoteProtocolError, RequestDenied
from ..engine.ids import ConnectionId, new_connection_id
from ..engine.protocol.client import ClientRequest, Hello, MediaOffer, Ping, Prepare, Resume
from ..engine.protocol.codec import decode_client, encode_server
from ..engine.protocol.envelope import PROTOCOL_VERSION, ServerMessage
from ..engine.protocol.server import Goodbye, Pong, Prepared
from ..metrics.readings import JoinPhase, JoinResult
from .close_code import CloseCode
from .failures import to_failure
from .outlet import Outlet, ignore
from .outlet_table import OutletTable
from .rate_limit import TokenBucket
from .tokens import TokenVerifier

HELLO_TIMEOUT_S: Final = 10.0
PREPARED_TIMEOUT_S: Final = 60.0  # For a look into the mirror before the click on Join.
JOIN_TIMEOUT_S: Final = 20.0  # Longer than the classroom's own limit, which has better words.
CLOSE_TIMEOUT_S: Final = 5.0
MAX_REFUSED_IN_A_ROW: Final = 500  # Ten seconds' worth: a client that ignores every refusal.


class TextFrame(RemoteProtocolError):
    """A text frame came where only binary ones are allowed."""


class ClassroomDoor(Protocol):
    """What a connection needs of `actors.classroom.Classroom`."""

    def prepare(self, connection_id: ConnectionId, offer: MediaOffer, token: str) -> str: ...
    async def join(self, request: JoinRequest) -> object: ...
    async def resume(self, request: ResumeRequest) -> object: ...
    def deliver(self, connection_id: ConnectionId, request: ClientRequest) -> None: ...
    def connection_lost(self, connection_id: ConnectionId) -> None: ...


@dataclass(frozen=True, slots=True)
class ConnectionContext:
    """What all connections of a node share."""

    classroom: ClassroomDoor
    table: OutletTable
    verifier: TokenVerifier
    settings: HttpConfig
    clock: Clock
    counters: ClassroomCounters


async def serve_connection(
    websocket: WebSocketConnection, outlet: Outlet, context: ConnectionContext
) -> None:
    """Run one accepted WebSocket to its end, close handshake included.

    The classroom hears `connection_lost` exactly once, whatever happens, if it heard of the
    connection at all. Cancelling closes the socket without a handshake.
    """
    connection = _Connection(websocket, outlet, context)
    outlet.on_cut = connection.cut
    context.table.add(connection.connection_id, outlet, connection.end)
    try:
        await connection.run()
    finally:
        context.table.remove(connection.connection_id)
        outlet.on_cut = ignore  # It and the connection would keep each other alive.


class _Connection:
    """One WebSocket. `end` may be called by anybody, and only the first call counts."""

    def __init__(
        self, websocket: WebSocketConnection, outlet: Outlet, context: ConnectionContext
    ) -> None:
        self.connection_id = new_connection_id()
        self._websocket = websocket
        self._outlet = outlet
        self._context = context
        self._scope = trio.CancelScope()
        self._close_code: CloseCode | None = None
        self._bucket = TokenBucket(
            context.settings.requests_per_s, context.settings.request_burst, context.clock.now_s()
        )
        self._refused_in_a_row = 0
        self._is_known = False  # To the classroom.

    def end(self, code: CloseCode) -> None:
        """Stop reading and start the close handshake; what is queued goes out first."""
        if self._close_code is None:
            self._close_code = code
            self._scope.cancel()

    def cut(self) -> None:
        """The client left too much unread; the outlet has queued its last words already."""
        self._context.table.count_too_slow()
        self.end(CloseCode.TOO_SLOW)

    async def run(self) -> None:
        try:
            with self._scope:
                await self._join_and_serve()
        except ConnectionClosed:
            return  # The peer has gone, or has finished the handshake that it began.
        except Exception as error:  # The gateway's edge: a bug here ends one connection (E3).
            failure = to_failure(error, 0)
            self._goodbye(failure.code, failure.message, CloseCode.INTERNAL, retryable=True)
        with trio.move_on_after(CLOSE_TIMEOUT_S):
            self._outlet.end()
            await self._websocket.aclose(code=self._close_code or CloseCode.INTERNAL)

    async def _join_and_serve(self) -> None:
        try:
            opening = await self._opening_request()
            if opening is None:
                return
            self._is_known = True
            entering = self._enter(opening)
            del opening  # With its offer of 25 kB it would live as long as the connection.
            if await entering:
                await self._serve_requests()
        finally:
            if self._is_known:
                self._context.classroom.connection_lost(self.connection_id)

    # -- the first message -----------------------------------------------------------------------

    async def _opening_request(self) -> JoinRequest | ResumeRequest | None:
        """The first message, understood and authorized; None: refused, the closing has begun."""
        ref = 0
        try:
            message = await self._read_opening(HELLO_TIMEOUT_S)
            if isinstance(message, Prepare):
                self._prepare(message)
                message = await self._read_opening(PREPARED_TIMEOUT_S)
            if message is None:
                self._goodbye("hello_timeout", "No hello came in time.", CloseCode.HELLO_TIMEOUT)
                return None
            ref = message.ref
            return self._authorized(message)
        except (RemoteProtocolError, RequestDenied) as error:
            self._context.counters.count_join(JoinResult.DENIED)
            self._refuse(error, ref)
            return None

    async def _read_opening(self, timeout_s: float) -> ClientRequest | None:
        frame: str | bytes | None = None
        with trio.move_on_after(timeout_s):
            frame = await self._websocket.get_message()
        return decode_client(_binary(frame)) if frame is not None else None

    def _prepare(self, message: Prepare) -> None:
        """Open the media ahead; whatever fails here, the hello may still succeed."""
        context = self._context
        try:
            _check_version(message.protocol_version)
            context.verifier.admit(message.token, device_id=message.device_id)
            self._is_known = True
            answer = context.classroom.prepare(self.connection_id, message.media, message.token)
            self._send(Prepared(ref=message.ref, answer=answer))
        except Exception as error:  # Every failure is the client's answer (E3): to_failure logs.
            self._send(to_failure(error, message.ref))

    def _authorized(self, message: ClientRequest) -> JoinRequest | ResumeRequest:
        if not isinstance(message, Hello | Resume):
            raise RemoteProtocolError(
                "The first message must be hello or resume.", code="protocol.hello_expected"
            )
        _check_version(message.protocol_version)
        if isinstance(message, Resume):
            return ResumeRequest(
                connection_id=self.connection_id,
                ref=message.ref,
                resume_token=message.resume_token,
                last_seq=message.last_seq,
                room_id=message.room_id,
            )
        start_s = time.perf_counter()
        admission = self._context.verifier.admit(message.token, device_id=message.device_id)
        phase = self._context.counters.join_phases[JoinPhase.AUTHENTICATE]
        phase.add(time.perf_counter() - start_s)
        return JoinRequest(
            connection_id=self.connection_id,
            ref=message.ref,
            room=admission.room,
            template=admission.template,
            identity=admission.identity,
            name=message.name or admission.name,
            grants=admission.grants,
            media=message.media,
            is_prepared=message.is_prepared,
        )

    async def _enter(self, opening: JoinRequest | ResumeRequest) -> bool:
        """Have the classroom join or resume; it answers by itself. False: refused."""
        classroom = self._context.classroom
        try:
            with trio.fail_after(JOIN_TIMEOUT_S):
                if isinstance(opening, JoinRequest):
                    await classroom.join(opening)
                else:
                    await classroom.resume(opening)
        except Exception as error:  # Every failure is the client's answer (E3): to_failure logs.
            self._refuse(error, opening.ref)
            return False
        return True

    def _refuse(self, error: Exception, ref: int) -> None:
        self._send(to_failure(error, ref))
        is_text = isinstance(error, TextFrame)
        self.end(CloseCode.UNSUPPORTED if is_text else CloseCode.NOT_JOINED)

    # -- requests --------------------------------------------------------------------------------

    async def _serve_requests(self) -> None:
        while True:
            frame = await self._websocket.get_message()
            is_within_rate = self._bucket.take(self._context.clock.now_s())
            ref = 0
            try:
                message = decode_client(_binary(frame))
                ref = message.ref
                self._handle(message, is_within_rate)
                self._refused_in_a_row = 0
            except (
                Exception
            ) as error:  # Every failure is the client's answer (E3): to_failure logs.
                self._send(to_failure(error, ref))
                self._count_refusal(error)

    def _handle(self, message: ClientRequest, is_within_rate: bool) -> None:
        if not is_within_rate:
            raise RequestDenied("Too many requests.", code="rate_limited", retryable=True)
        match message:
            case Ping(ref=ref):
                self._send(Pong(ref=ref))
            case Hello() | Prepare() | Resume():
                raise RemoteProtocolError(
                    "This connection has joined already.", code="protocol.joined_already"
                )
            case _:
                self._context.classroom.deliver(self.connection_id, message)

    def _count_refusal(self, error: Exception) -> None:
        self._refused_in_a_row += 1
        if isinstance(error, TextFrame):
            self._goodbye(error.code, str(error), CloseCode.UNSUPPORTED)
        elif self._refused_in_a_row >= MAX_REFUSED_IN_A_ROW:
            self._goodbye("rate_limited", "Too many bad requests.", CloseCode.RATE_LIMITED)

    # -- the way out -----------------------------------------------------------------------------

    def _send(self, message: ServerMessage) -> None:
        self._context.table.send(self.connection_id, encode_server(message))

    def _goodbye(
        self, code: str, message: str, close_code: CloseCode, *, retryable: bool = False
    ) -> None:
        self._send(Goodbye(code=code, message=message, retryable=retryable))
        self.end(close_code)


def _check_version(protocol_version: int) -> None:
    if protocol_version != PROTOCOL_VERSION:
        raise RemoteProtocolError(
            f"This node speaks version {PROTOCOL_VERSION} of the protocol.",
            code="protocol.version_unsupported",
        )


def _binary(frame: str | bytes) -> bytes:
    if isinstance(frame, str):
        raise TextFrame("emporion.v1 has binary frames only.", code="protocol.text_frame")
    return frame
