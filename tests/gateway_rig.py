"""A gateway on a free loopback port, with a classroom that only keeps what it is told."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import msgpack
import msgspec
import trio
from trio_websocket import WebSocketConnection, open_websocket

from emporion.actors.counters import ClassroomCounters
from emporion.actors.messages import JoinRequest, ResumeRequest
from emporion.engine.clock import TrioClock
from emporion.engine.config import AuthConfig, HttpConfig, Secret
from emporion.engine.errors import MailboxFull, RemoteProtocolError, RequestDenied
from emporion.engine.ids import ConnectionId
from emporion.engine.protocol.client import ClientRequest, Hello, MediaOffer
from emporion.engine.protocol.codec import decode_server, encode_client, encode_server
from emporion.engine.protocol.server import Goodbye, PluginSummary, RequestSucceeded, ServerPush
from emporion.web.connection import ConnectionContext
from emporion.web.gateway import Gateway
from emporion.web.listeners import open_listeners
from emporion.web.outlet_table import OutletTable
from emporion.web.pages import load_pages
from emporion.web.routes import Site
from emporion.web.tokens import GrantClaims, TokenVerifier, make_token

KEY_ID: Final = "EK_test"
SECRET: Final = "a secret of at least thirty-two characters"


@dataclass
class FakeClassroom:
    """Answers a join and every request with `request_succeeded`; some names make it fail."""

    table: OutletTable
    prepared: list[ConnectionId] = field(default_factory=list)
    joined: list[JoinRequest] = field(default_factory=list)
    resumed: list[ResumeRequest] = field(default_factory=list)
    delivered: list[ClientRequest] = field(default_factory=list)
    lost: list[ConnectionId] = field(default_factory=list)
    is_ready: bool = True

    def prepare(self, connection_id: ConnectionId, offer: MediaOffer, token: str) -> str:
        self.prepared.append(connection_id)
        if offer.sdp == "bad":
            raise RemoteProtocolError("The offer was refused.", code="sdp.malformed")
        return f"answer to {offer.sdp}"

    async def join(self, request: JoinRequest) -> None:
        await trio.lowlevel.checkpoint()
        self.joined.append(request)
        if request.identity == "denied":
            raise RequestDenied("The room is full.", code="room.full", retryable=True)
        if request.identity == "bug":
            raise ZeroDivisionError("a secret of the house")
        self._succeed(request.connection_id, request.ref)

    async def resume(self, request: ResumeRequest) -> None:
        await trio.lowlevel.checkpoint()
        self.resumed.append(request)
        self._succeed(request.connection_id, request.ref)

    def deliver(self, connection_id: ConnectionId, request: ClientRequest) -> None:
        self.delivered.append(request)
        if request.ref == 503:
            raise MailboxFull("rooms/RM_x/participants/PA_y is full")
        self._succeed(connection_id, request.ref)

    def connection_lost(self, connection_id: ConnectionId) -> None:
        self.lost.append(connection_id)

    def _succeed(self, connection_id: ConnectionId, ref: int) -> None:
        self.table.send(connection_id, encode_server(RequestSucceeded(ref=ref)))


@dataclass
class Rig:
    """A running gateway and what stands around it; cancelling `scope` stops the gateway."""

    gateway: Gateway
    table: OutletTable
    classroom: FakeClassroom
    scope: trio.CancelScope

    @property
    def port(self) -> int:
        return self.gateway.port


@asynccontextmanager
async def open_rig(pages: Mapping[str, Any] | None = None, **http: Any) -> AsyncIterator[Rig]:
    """Serve on 127.0.0.1 until the block ends."""
    settings = HttpConfig(**{"host": "127.0.0.1", "port": 0, **http})
    clock = TrioClock()
    table = OutletTable()
    classroom = FakeClassroom(table)
    auth = AuthConfig(keys={KEY_ID: Secret(SECRET)})
    context = ConnectionContext(
        classroom, table, TokenVerifier(auth, clock), settings, clock, ClassroomCounters()
    )
    site = Site(load_pages() if pages is None else pages, lambda: classroom.is_ready)
    gateway = Gateway(await open_listeners(settings), context, site, grace_s=2.0)
    stopping = trio.CancelScope()

    async def run(*, task_status: trio.TaskStatus[None]) -> None:
        with stopping:
            await gateway.run(task_status=task_status)

    async with trio.open_nursery() as nursery:
        await nursery.start(run)
        yield Rig(gateway, table, classroom, stopping)
        nursery.cancel_scope.cancel()


def token(
    identity: str = "ana",
    *,
    key_id: str = KEY_ID,
    secret: str = SECRET,
    ttl_s: float = 600.0,
    **grants: Any,
) -> str:
    """A token for room `spring`; keyword arguments change its grants."""
    claims = {"room": "spring", "roomJoin": True, "role": "merchant", **grants}
    return make_token(
        key_id,
        secret,
        identity=identity,
        name=identity.title(),
        expires_at_unix_s=time.time() + ttl_s,
        grants=msgspec.convert(claims, GrantClaims),
    )


def hello(identity: str = "ana", **changes: Any) -> bytes:
    """An encoded `hello`."""
    message = Hello(ref=1, protocol_version=1, token=token(identity))
    return encode_client(msgspec.structs.replace(message, **changes))


def packed(**fields: Any) -> bytes:
    """Any map as a frame, packed by the other msgpack implementation."""
    data = msgpack.packb(fields)
    assert isinstance(data, bytes)
    return data


@asynccontextmanager
async def open_client(port: int, *, joined: bool = True) -> AsyncIterator[WebSocketConnection]:
    """A WebSocket client; `joined`: its hello has been answered."""
    async with open_websocket(
        "127.0.0.1", port, "/ws", use_ssl=False, subprotocols=["emporion.v1"]
    ) as client:
        if joined:
            await client.send_message(hello())
            assert isinstance(await receive(client), RequestSucceeded)
        yield client


async def receive(client: WebSocketConnection) -> ServerPush:
    """The next message, decoded."""
    frame = await client.get_message()
    assert isinstance(frame, bytes)
    return decode_server(frame)


async def receive_goodbye(client: WebSocketConnection) -> Goodbye:
    """The goodbye, which comes next; before it only summaries may still be on their way."""
    while isinstance(message := await receive(client), PluginSummary):
        pass
    assert isinstance(message, Goodbye), message
    return message


async def exchange(port: int, data: bytes, *, wait_s: float = 3.0) -> bytes:
    """Send raw bytes, return all that comes back until the server closes or `wait_s` is over."""
    answer = b""
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    async with stream:
        try:
            await stream.send_all(data)
            with trio.move_on_after(wait_s):
                while part := await stream.receive_some():
                    answer += part
        except trio.BrokenResourceError:
            pass  # A reset: the server had closed.
    return answer


async def until(condition: Callable[[], bool], *, limit_s: float = 5.0) -> None:
    """Wait until something is so that nobody announces."""
    with trio.fail_after(limit_s):
        while True:
            if condition():
                return
            await trio.sleep(0.005)
