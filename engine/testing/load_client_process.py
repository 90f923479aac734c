"""Many load clients in another process, so that a bench can count the server's process alone.

The processes speak msgpack over the child's standard input and output, one request and one reply
at a time:

    async with open_load_process(clients=100, video_slots=1) as load:
        for client, offer in enumerate(load.offers):
            await load.connect(client, service.open(offer, load.sources).answer)
        await load.publish(0, frame, interval_s=1 / 30, frames=300, timestamp_step=3000)
        figures = await load.statistics()
"""

import os
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Any, Final, TypeVar

import msgspec
import trio

from ..errors import LocalProtocolError
from ..media import Source
from .load_client import LoadClient, LoadIdentity

_CONNECT_TIMEOUT_S: Final = 15.0
_STAMP: Final = struct.Struct("!Q")  # time.perf_counter_ns, the last octets of the payload.
_SEQUENCE_AND_TIME: Final = struct.Struct("!HI")
_LENGTH: Final = struct.Struct("!I")
_PADDING_BIT: Final = 0x20

T = TypeVar("T", bound=msgspec.Struct)


class LoadOptions(msgspec.Struct, frozen=True):
    """What the child is told at its start."""

    clients: int
    audio_slots: int
    video_slots: int
    sources: dict[str, tuple[str, ...]]
    decrypt: bool
    stamped: bool
    gives_feedback: bool


class Connect(msgspec.Struct, frozen=True, tag="connect", tag_field="type"):
    """Connect one client; answered when its DTLS is up."""

    client: int
    answer: str


class Publish(msgspec.Struct, frozen=True, tag="publish", tag_field="type"):
    """Send a frame again and again; answered at the end.

    Sequence numbers and timestamps count on from those of its first packet.
    """

    client: int
    frame: Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1)]  # RTP, unprotected.
    interval_s: float
    frames: int
    timestamp_step: int


class GetStatistics(msgspec.Struct, frozen=True, tag="get_statistics", tag_field="type"):
    """Answered by `LoadStatistics`."""


class LoadStatistics(msgspec.Struct, frozen=True):
    """Sums over all clients. `latencies_s`: of stamped packets, unsorted."""

    packets: int
    bytes: int
    lost: int
    retransmissions: int
    rtcp_packets: int
    rtcp_sent: int
    foreign: int
    unauthentic: int
    packets_of_each: tuple[int, ...]
    latencies_s: tuple[float, ...]


class _Offers(msgspec.Struct, frozen=True):
    offers: tuple[str, ...]
    sources: dict[str, Source]


class _Done(msgspec.Struct, frozen=True):
    error: str = ""


_Request = Connect | Publish | GetStatistics


class LoadProcess:
    """The parent's end. `offers` and `sources` are those of the clients, in order."""

    def __init__(self, process: trio.Process) -> None:
        self._process = process
        self.offers: tuple[str, ...] = ()
        self.sources: dict[str, Source] = {}

    async def start(self, options: LoadOptions) -> None:
        """Have the child make its clients."""
        made = await self._ask(options, _Offers)
        self.offers, self.sources = made.offers, made.sources

    async def connect(self, client: int, answer: str) -> None:
        """Connect one client; returns when its DTLS is up."""
        await self._do(Connect(client, answer))

    async def publish(
        self,
        client: int,
        frame: Sequence[bytes],
        *,
        interval_s: float,
        frames: int,
        timestamp_step: int,
    ) -> None:
        """Send `frame` (RTP packets) `frames` times; returns when all were sent."""
        await self._do(Publish(client, tuple(frame), interval_s, frames, timestamp_step))

    async def statistics(self) -> LoadStatistics:
        return await self._ask(GetStatistics(), LoadStatistics)

    async def _do(self, request: _Request) -> None:
        done = await self._ask(request, _Done)
        if done.error:
            raise LocalProtocolError(f"The load process could not: {done.error}.")

    async def _ask(self, request: msgspec.Struct, reply_type: type[T]) -> T:
        assert self._process.stdin is not None  # Opened with pipes.
        assert self._process.stdout is not None
        body = msgspec.msgpack.encode(request)
        await self._process.stdin.send_all(_LENGTH.pack(len(body)) + body)
        return msgspec.msgpack.decode(await _read_body(self._process.stdout), type=reply_type)


@asynccontextmanager
async def open_load_process(
    *,
    clients: int,
    audio_slots: int = 3,
    video_slots: int = 1,
    sources: dict[Source, tuple[str, ...]] | None = None,
    decrypt: bool = True,
    stamped: bool = False,
    gives_feedback: bool = False,
) -> AsyncIterator[LoadProcess]:
    """Start a process of load clients; it ends with the block.

    Args:
        sources: What each may send, with rids; see `LoadClient`. None: a camera without simulcast.
        decrypt: False: packets are counted without being opened, which is cheaper.
        stamped: Published packets carry their time of sending in the last 8 octets of the payload,
            and latencies are kept. Needs `decrypt`.
        gives_feedback: As of `LoadClient`.
    """
    offered = {Source.CAMERA: ()} if sources is None else sources
    options = LoadOptions(
        clients=clients,
        audio_slots=audio_slots,
        video_slots=video_slots,
        sources={source.value: rids for source, rids in offered.items()},
        decrypt=decrypt,
        stamped=stamped,
        gives_feedback=gives_feedback,
    )
    process = await trio.lowlevel.open_process(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        load = LoadProcess(process)
        await load.start(options)
        yield load
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()


class _Child:
    """The clients' end."""

    def __init__(self, options: LoadOptions, nursery: trio.Nursery) -> None:
        identity = LoadIdentity()
        self._nursery = nursery
        self._stamped = options.stamped
        self._latencies_s: list[float] = []
        self.clients = [
            LoadClient(
                send={Source(name): rids for name, rids in options.sources.items()},
                audio_slots=options.audio_slots,
                video_slots=options.video_slots,
                identity=identity,
                decrypt=options.decrypt,
                on_rtp=partial(self._clock, client) if options.stamped else None,
                times_arrivals=options.stamped,
                gives_feedback=options.gives_feedback,
            )
            for client in range(options.clients)
        ]

    async def answer(self, request: _Request) -> msgspec.Struct:
        match request:
            case Connect(client=client, answer=answer):
                with trio.move_on_after(_CONNECT_TIMEOUT_S):
                    await self._nursery.start(self.clients[client].run, answer)
                connected = self.clients[client].is_connected
                return _Done("" if connected else f"client {client} did not connect")
            case Publish():
                await self._publish(request)
                return _Done()
            case GetStatistics():
                return self._statistics()

    async def _publish(self, request: Publish) -> None:
        client = self.clients[request.client]
        begin_s = trio.current_time()
        sequence_number, timestamp = _SEQUENCE_AND_TIME.unpack_from(request.frame[0], 2)
        for frame in range(1, request.frames + 1):
            for packet in request.frame:
                client.send_rtp(self._renew(packet, sequence_number, timestamp))
                sequence_number = (sequence_number + 1) & 0xFFFF
            timestamp = (timestamp + request.timestamp_step) & 0xFFFFFFFF
            await trio.sleep_until(begin_s + frame * request.interval_s)

    def _renew(self, packet: bytes, sequence_number: int, timestamp: int) -> bytes:
        renewed = bytearray(packet)
        _SEQUENCE_AND_TIME.pack_into(renewed, 2, sequence_number, timestamp)
        if self._stamped:
            _STAMP.pack_into(renewed, len(renewed) - _STAMP.size, time.time_ns())
        return bytes(renewed)

    def _clock(self, client: int, _mid: str, packet: bytes) -> None:
        end = len(packet) - (packet[-1] if packet[0] & _PADDING_BIT else 0)
        (sent_ns,) = _STAMP.unpack_from(packet, end - _STAMP.size)
        self._latencies_s.append((self.clients[client].arrived_ns - sent_ns) / 1e9)

    def _statistics(self) -> LoadStatistics:
        slots = [slot for client in self.clients for slot in client.slots.values()]
        return LoadStatistics(
            packets=sum(slot.packets for slot in slots),
            bytes=sum(slot.bytes for slot in slots),
            lost=sum(slot.lost for slot in slots),
            retransmissions=sum(slot.retransmissions for slot in slots),
            rtcp_packets=sum(client.rtcp_packets for client in self.clients),
            rtcp_sent=sum(client.rtcp_sent for client in self.clients),
            foreign=sum(client.foreign for client in self.clients),
            unauthentic=sum(client.unauthentic for client in self.clients),
            packets_of_each=tuple(
                sum(slot.packets for slot in client.slots.values()) for client in self.clients
            ),
            latencies_s=tuple(self._latencies_s),
        )


async def _read_body(stream: Any) -> bytes:  # Any: either end of a pipe of trio.
    (length,) = _LENGTH.unpack(await _read_exactly(stream, _LENGTH.size))
    return await _read_exactly(stream, length)


async def _read_exactly(stream: Any, count: int) -> bytes:  # Any: as above.
    parts = bytearray()
    while len(parts) < count:
        part = await stream.receive_some(count - len(parts))
        if not part:
            raise EOFError("The other end of the load process is gone.")
        parts += part
    return bytes(parts)


async def _serve() -> None:
    requests = trio.lowlevel.FdStream(os.dup(0))
    replies = trio.lowlevel.FdStream(os.dup(1))
    options = msgspec.msgpack.decode(await _read_body(requests), type=LoadOptions)
    decoder = msgspec.msgpack.Decoder(_Request)
    async with trio.open_nursery() as nursery:
        child = _Child(options, nursery)
        sources = child.clients[0].sources if child.clients else {}
        reply: msgspec.Struct = _Offers(tuple(client.offer for client in child.clients), sources)
        while True:
            body = msgspec.msgpack.encode(reply)
            await replies.send_all(_LENGTH.pack(len(body)) + body)
            reply = await child.answer(decoder.decode(await _read_body(requests)))


if __name__ == "__main__":
    trio.run(_serve)
