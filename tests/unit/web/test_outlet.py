"""A client's stream: whole frames in order, nobody waits, who falls behind is cut."""

import math
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from wsproto.frame_protocol import FrameProtocol, Opcode

from emporion.web.outlet import Outlet, SocketWriter, TlsWriter, frame


def frames_of(data: bytes) -> list[bytes]:
    """Read frames by another implementation; text that is no frame raises."""
    protocol = FrameProtocol(client=True, extensions=[])
    protocol.receive_bytes(data)
    messages, parts = [], b""
    for received in protocol.received_frames():
        assert received.opcode is Opcode.BINARY
        assert isinstance(received.payload, bytes | bytearray)
        parts += received.payload
        if received.message_finished:
            messages.append(parts)
            parts = b""
    return messages


class Pair:
    """An outlet with a small send buffer, and the socket at its other end."""

    def __init__(self, limit_bytes: int, *, as_tls: bool = False) -> None:
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        ours.setblocking(False)
        self.stream = trio.SocketStream(trio.socket.from_stdlib_socket(_as_tcp(ours)))
        self.peer = theirs
        self.peer.setblocking(False)
        writer = _SlowTls(self.stream) if as_tls else SocketWriter(self.stream)
        self.outlet = Outlet(
            self.stream, writer, limit_bytes=limit_bytes, last_words=frame(b"too slow")
        )
        self.cuts = 0
        self.outlet.on_cut = self._count

    def _count(self) -> None:
        self.cuts += 1

    def read(self) -> bytes:
        """What has come until now."""
        data = b""
        try:
            while part := self.peer.recv(65536):
                data += part
        except BlockingIOError:
            pass
        return data


def _as_tcp(plain: socket.socket) -> socket.socket:
    """trio wants SOCK_STREAM; a Unix pair is that, and needs no port."""
    return plain


class _SlowTls(TlsWriter):
    """Writes as the TLS writer does, on a stream without TLS."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream  # type: ignore[assignment]  # It has `send_all`: all that is used.


@asynccontextmanager
async def open_pair(limit_bytes: int = 1 << 20, *, as_tls: bool = False) -> AsyncIterator[Pair]:
    pair = Pair(limit_bytes, as_tls=as_tls)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(pair.outlet.pump)
        yield pair
        nursery.cancel_scope.cancel()
    await trio.aclose_forcefully(pair.stream)
    pair.peer.close()


async def drain(pair: Pair, size: int) -> bytes:
    """Read until so many bytes have come."""
    data = b""
    with trio.fail_after(5):
        while len(data) < size:
            await trio.lowlevel.checkpoint()
            data += pair.read()
    return data


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 200_000])
def test_a_frame_is_what_another_implementation_reads(size: int) -> None:
    assert frames_of(frame(b"x" * size)) == [b"x" * size]


async def test_what_fits_goes_out_at_once() -> None:
    async with open_pair() as pair:
        assert pair.outlet.post(frame(b"one"))
        assert frames_of(pair.read()) == [b"one"]


@pytest.mark.parametrize("as_tls", [False, True])
async def test_frames_stay_whole_and_in_order_when_the_peer_is_slow(as_tls: bool) -> None:
    async with open_pair(as_tls=as_tls) as pair:
        messages = [bytes([number]) * 3000 for number in range(100)]
        assert all(pair.outlet.post(frame(message)) for message in messages)
        expected = sum(len(frame(message)) for message in messages)
        assert frames_of(await drain(pair, expected)) == messages


@pytest.mark.parametrize("as_tls", [False, True])
async def test_the_websocket_s_own_frames_take_their_turn(as_tls: bool) -> None:
    async with open_pair(as_tls=as_tls) as pair, trio.open_nursery() as nursery:
        assert pair.outlet.post(frame(b"a" * 50_000))
        nursery.start_soon(pair.outlet.send_all, frame(b"own"))
        await trio.testing.wait_all_tasks_blocked()
        assert pair.outlet.post(frame(b"b"))
        data = await drain(pair, 50_000 + 4 + 5 + 3)
        assert frames_of(data) == [b"a" * 50_000, b"own", b"b"]


@pytest.mark.parametrize("as_tls", [False, True])
async def test_who_falls_behind_is_cut_with_last_words(as_tls: bool) -> None:
    """Of what was posted comes a beginning without a gap, then the last words, nothing after."""
    async with open_pair(limit_bytes=30_000, as_tls=as_tls) as pair:
        sent = 0
        while pair.outlet.post(frame(sent.to_bytes(4, "big") * 500)):
            sent += 1
            await trio.lowlevel.checkpoint()
            assert sent < 1000, "was never cut"
        assert pair.cuts == 1
        assert not pair.outlet.post(frame(b"more"))
        assert not pair.outlet.is_open
        data = b""
        with trio.fail_after(5):
            while b"too slow" not in data:
                await trio.lowlevel.checkpoint()
                data += pair.read()
        *numbers, last = frames_of(data)
        assert last == b"too slow"
        assert numbers == [number.to_bytes(4, "big") * 500 for number in range(len(numbers))]
        assert pair.cuts == 1


async def test_one_frame_above_the_limit_is_cut_in_the_middle_of_nothing() -> None:
    async with open_pair(limit_bytes=30_000) as pair:
        assert not pair.outlet.post(frame(b"x" * 100_000))
        data = b""
        with trio.fail_after(5):
            while not data.endswith(b"too slow"):
                await trio.lowlevel.checkpoint()
                data += pair.read()
        assert frames_of(data) == [b"x" * 100_000, b"too slow"], "the frame begun was not finished"


async def test_a_client_that_is_gone_takes_nothing() -> None:
    async with open_pair() as pair:
        gone = 0

        def count() -> None:
            nonlocal gone
            gone += 1

        pair.outlet.on_gone = count
        pair.peer.close()
        assert not pair.outlet.post(frame(b"x"))
        assert not pair.outlet.post(frame(b"x"))
        assert gone == 1
        with pytest.raises(trio.BrokenResourceError):
            await pair.outlet.send_all(b"x")


async def test_a_closed_socket_s_number_is_never_written_to() -> None:
    """The kernel gives the number to the next socket: a write would reach a stranger."""
    async with open_pair() as pair:
        await pair.stream.aclose()
        stranger, other = socket.socketpair()
        stranger.setblocking(False)
        other.setblocking(False)
        with stranger, other:
            assert not pair.outlet.post(frame(b"x"))
            for end in (stranger, other):
                with pytest.raises(BlockingIOError):
                    end.recv(10)


async def test_ending_takes_no_more_but_sends_what_waits() -> None:
    async with open_pair() as pair:
        assert pair.outlet.post(frame(b"a" * 50_000))
        pair.outlet.end()
        assert not pair.outlet.post(frame(b"b"))
        assert frames_of(await drain(pair, 50_004)) == [b"a" * 50_000]


async def test_reading_is_a_sign_of_life() -> None:
    async with open_pair() as pair:
        pair.outlet.heard_at_s = -math.inf
        pair.peer.send(b"x")
        assert await pair.outlet.receive_some(10) == b"x"
        assert pair.outlet.heard_at_s <= trio.current_time()
        assert pair.outlet.heard_at_s > 0
