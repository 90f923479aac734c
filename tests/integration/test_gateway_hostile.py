"""Bad openings: each gets a clear answer or a closed connection, and nobody else notices."""

import struct

import pytest
import trio
from gateway_rig import Rig, exchange, hello, open_client, open_rig, packed, receive, until
from structlog.testing import capture_logs

from emporion.web import peeked_stream

UPGRADE = b"Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
VERSION = b"Sec-WebSocket-Version: 13\r\n"
PROTOCOL = b"Sec-WebSocket-Protocol: emporion.v1\r\n"
OPENING = b"GET /ws HTTP/1.1\r\n" + UPGRADE + KEY + VERSION + PROTOCOL + b"\r\n"

# What is sent, and how the answer begins; b"": closed without one.
OPENINGS = {
    "no key": (b"GET /ws HTTP/1.1\r\n" + UPGRADE + VERSION + PROTOCOL + b"\r\n", b"HTTP/1.1 400"),
    "bad version": (
        b"GET /ws HTTP/1.1\r\n" + UPGRADE + KEY + b"Sec-WebSocket-Version: 12\r\n\r\n",
        b"HTTP/1.1 426",
    ),
    "post": (b"POST /ws HTTP/1.1\r\n" + UPGRADE + KEY + VERSION + b"\r\n", b"HTTP/1.1 400"),
    "http/1.0": (b"GET /ws HTTP/1.0\r\n" + UPGRADE + KEY + VERSION + b"\r\n", b"HTTP/1.1 400"),
    "no subprotocol": (
        b"GET /ws HTTP/1.1\r\n" + UPGRADE + KEY + VERSION + b"\r\n",
        b"HTTP/1.1 400",
    ),
    "another subprotocol": (
        b"GET /ws HTTP/1.1\r\n" + UPGRADE + KEY + VERSION
        + b"Sec-WebSocket-Protocol: emporion.v2\r\n\r\n",
        b"HTTP/1.1 400",
    ),
    "another path": (OPENING.replace(b"/ws", b"/elsewhere"), b"HTTP/1.1 404"),
    "garbage": (bytes(range(256)) * 4 + b"\r\n\r\n", b"HTTP/1.1 400"),
    "a byte glued to the head": (OPENING + b"x", b"HTTP/1.1 101"),
    "a frame glued to the head": (OPENING + b"\x82\x81\0\0\0\0x", b"HTTP/1.1 101"),
    "an unmasked frame": (OPENING + b"\x82\x01x", b"HTTP/1.1 101"),
    "a bad chunk": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 400",
    ),
    "a 200 kB header": (
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 431",
    ),
    "the preface of h2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"HTTP/1.1 505"),
    "traversal": (
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 404",
    ),
    "two lengths": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"HTTP/1.1 400",
    ),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 400"),
    "tls on the plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n", b"HTTP/1.1 400"),
}  # fmt: skip


async def assert_undisturbed(rig: Rig) -> None:
    """The gateway serves on, holds nothing of the visitor, and had no bug."""
    with trio.fail_after(5):
        async with open_client(rig.port) as client:
            await client.send_message(packed(type="ping", ref=5))
            await receive(client)
        await until(lambda: rig.gateway.statistics().connections_open == 0)
    assert rig.gateway.statistics().connections_failed == 0


@pytest.mark.parametrize("name", OPENINGS)
async def test_a_bad_opening(name: str) -> None:
    data, expected = OPENINGS[name]
    async with open_rig() as rig:
        with trio.fail_after(10):
            answer = await exchange(rig.port, data, wait_s=2.0)
        assert answer[: len(expected)] == expected, answer[:300]
        assert b"root:" not in answer
        await assert_undisturbed(rig)


async def test_a_reset_in_the_midst_of_the_head() -> None:
    async with open_rig() as rig:
        stream = await trio.open_tcp_stream("127.0.0.1", rig.port)
        await stream.send_all(OPENING[:40])
        await trio.sleep(0.05)
        linger = struct.pack("ii", 1, 0)  # Closing sends a reset.
        stream.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_LINGER, linger)
        await stream.aclose()
        await assert_undisturbed(rig)


async def test_a_reset_after_the_upgrade_is_a_lost_connection() -> None:
    async with open_rig() as rig:
        stream = await trio.open_tcp_stream("127.0.0.1", rig.port)
        await stream.send_all(OPENING)
        assert (await stream.receive_some()).startswith(b"HTTP/1.1 101")
        message = hello()
        size = len(message).to_bytes(2, "big")
        await stream.send_all(b"\x82\xfe" + size + bytes(4) + message)
        assert await stream.receive_some()
        stream.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_LINGER, struct.pack("ii", 1, 0))
        await stream.aclose()
        await until(lambda: len(rig.classroom.lost) == 1)
        await assert_undisturbed(rig)


@pytest.mark.parametrize("start", [b"", b"G", b"GET / HTTP/1.1\r\n", OPENING[:-2]])
async def test_a_slow_loris_is_closed_in_time(
    monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    """Real sockets know no jumping clock, so the 10 s are made short."""
    assert peeked_stream.HEAD_TIMEOUT_S == 10.0
    monkeypatch.setattr(peeked_stream, "HEAD_TIMEOUT_S", 0.3)
    async with open_rig() as rig:
        stream = await trio.open_tcp_stream("127.0.0.1", rig.port)
        async with stream, trio.open_nursery() as nursery:
            await stream.send_all(start)
            with trio.fail_after(3):
                answer = await stream.receive_some()
            assert answer.startswith(b"HTTP/1.1 408 ")
            nursery.cancel_scope.cancel()
        await assert_undisturbed(rig)


async def test_a_head_that_comes_byte_by_byte_is_no_crime() -> None:
    async with open_rig() as rig:
        stream = await trio.open_tcp_stream("127.0.0.1", rig.port)
        async with stream:
            with trio.fail_after(5):
                for byte in OPENING:
                    await stream.send_all(bytes([byte]))
                assert (await stream.receive_some()).startswith(b"HTTP/1.1 101")


async def test_a_hundred_bad_openings_at_once() -> None:
    async with open_rig() as rig:
        with trio.fail_after(20):
            async with trio.open_nursery() as nursery:
                for data, _ in list(OPENINGS.values()) * 6:
                    nursery.start_soon(exchange, rig.port, data)
        await assert_undisturbed(rig)


async def test_a_bug_behind_one_request_is_told_and_nobody_else_notices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The classroom raises what it never should while a request is handed over."""
    async with open_rig() as rig:

        def broken(*_: object) -> None:
            raise ZeroDivisionError

        async with open_client(rig.port) as other, open_client(rig.port) as client:
            monkeypatch.setattr(rig.classroom, "deliver", broken)
            await client.send_message(packed(type="leave", ref=5))
            answer = await receive(client)
            assert getattr(answer, "code", None) == "internal"
            await other.send_message(packed(type="ping", ref=6))
            assert getattr(await receive(other), "ref", None) == 6


async def test_a_bug_of_ours_ends_one_connection_and_is_logged() -> None:
    """A bug behind a page: the visitor's connection closes, the gateway counts it and goes on."""

    def broken() -> bool:
        raise ZeroDivisionError

    async with open_rig() as rig:
        object.__setattr__(rig.gateway._site, "is_ready", broken)
        with capture_logs() as logs:
            assert await exchange(rig.port, b"GET /api/v1/ready HTTP/1.1\r\nHost: a\r\n\r\n") == b""
        assert [log["event"] for log in logs] == ["web.connection_failed"]
        assert rig.gateway.statistics().connections_failed == 1
        async with open_client(rig.port):
            pass
