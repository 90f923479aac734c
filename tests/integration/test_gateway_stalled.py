"""A listener that does not read: it is cut, the others get everything in order, nobody waits."""

import ssl
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
import trustme
from gateway_rig import Rig, hello, open_client, open_rig, packed, receive, until
from trio_websocket import ConnectionClosed, WebSocketConnection, open_websocket

from emporion.engine.protocol.codec import decode_server
from emporion.engine.protocol.server import Goodbye
from emporion.web.close_code import CloseCode

ROUNDS = 1500
FILLING = b"x" * 4000


@pytest.fixture
def tls_files(tmp_path: Path) -> tuple[Path, Path, ssl.SSLContext]:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    certificate.cert_chain_pems[0].write_to_path(chain)
    certificate.private_key_pem.write_to_path(key)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return chain, key, context


async def read_all(client: WebSocketConnection, numbers: list[int]) -> None:
    """Keep the number of each message until all have come."""
    while len(numbers) < ROUNDS:
        frame = await client.get_message()
        assert isinstance(frame, bytes)
        numbers.append(int.from_bytes(frame[:4], "big"))


async def broadcast_rounds(rig: Rig, readers: Sequence[list[int]] = ()) -> float:
    """Broadcast all rounds, no faster than those who read can; the slowest call in seconds."""
    everybody = tuple(request.connection_id for request in rig.classroom.joined)
    slowest_s = 0.0
    for number in range(ROUNDS):
        start_s = time.perf_counter()
        rig.table.broadcast(everybody, number.to_bytes(4, "big") + FILLING)
        slowest_s = max(slowest_s, time.perf_counter() - start_s)
        await trio.lowlevel.checkpoint()
        await until(partial(_have_read, readers, number - 20))
    return slowest_s


def _have_read(readers: Sequence[list[int]], least: int) -> bool:
    return all(len(numbers) > least for numbers in readers)


async def test_a_stalled_listener_is_cut_and_the_others_get_everything_in_order() -> None:
    async with open_rig(backlog_bytes=256 * 1024) as rig, trio.open_nursery() as nursery:
        got: list[list[int]] = [[] for _ in range(10)]
        async with open_client(rig.port):  # It reads no more than its buffers hold.
            for numbers in got:
                nursery.start_soon(_listen, rig, numbers)
            await until(lambda: len(rig.classroom.joined) == 11)
            with trio.fail_after(30):
                slowest_s = await broadcast_rounds(rig, got)
            await until(lambda: all(len(numbers) == ROUNDS for numbers in got), limit_s=30)
            assert rig.table.statistics().connections_too_slow == 1
        assert got == [list(range(ROUNDS))] * 10
        assert slowest_s < 0.25, "a broadcast waited for somebody"


async def _listen(rig: Rig, numbers: list[int]) -> None:
    async with open_client(rig.port) as client:
        await read_all(client, numbers)


async def test_who_was_cut_and_reads_again_learns_why() -> None:
    async with open_rig(backlog_bytes=64 * 1024) as rig, open_client(rig.port) as client:
        [join] = rig.classroom.joined
        for _ in range(10_000):
            rig.table.send(join.connection_id, FILLING)
            if rig.table.statistics().connections_too_slow:
                break
            await trio.lowlevel.checkpoint()
        with trio.fail_after(10):
            while (frame := await client.get_message()) == FILLING:
                pass
            assert isinstance(frame, bytes)
            goodbye = decode_server(frame)
            assert isinstance(goodbye, Goodbye)
            assert (goodbye.code, goodbye.retryable) == ("too_slow", True)
            with pytest.raises(ConnectionClosed) as caught:
                await client.get_message()
        assert caught.value.reason is not None
        assert caught.value.reason.code == CloseCode.TOO_SLOW
        assert rig.classroom.lost == [join.connection_id]


async def test_tls_serves_pages_and_sockets(
    tls_files: tuple[Path, Path, ssl.SSLContext],
) -> None:
    """h2 is not taken though the client offers it: over it browsers open no WebSocket here."""
    chain, key, context = tls_files
    async with open_rig(tls_certificate=str(chain), tls_key=str(key)) as rig:
        stream = await trio.open_ssl_over_tcp_stream(
            "127.0.0.1", rig.port, ssl_context=context, https_compatible=True
        )
        async with stream:
            await stream.send_all(b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await stream.receive_some()).startswith(b"HTTP/1.1 200")
            assert stream.selected_alpn_protocol() == "http/1.1"
        async with open_websocket(
            "127.0.0.1", rig.port, "/ws", use_ssl=context, subprotocols=["emporion.v1"]
        ) as client:
            await client.send_message(hello())
            await receive(client)
            with trio.fail_after(30):
                numbers: list[int] = []
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(read_all, client, numbers)
                    await broadcast_rounds(rig, [numbers])
            assert numbers == list(range(ROUNDS))
            await client.send_message(packed(type="ping", ref=3))
            await receive(client)


async def test_a_stalled_listener_on_tls_is_cut(
    tls_files: tuple[Path, Path, ssl.SSLContext],
) -> None:
    chain, key, context = tls_files
    settings: dict[str, Any] = {
        "tls_certificate": str(chain),
        "tls_key": str(key),
        "backlog_bytes": 256 * 1024,
    }
    async with (
        open_rig(**settings) as rig,
        open_websocket(
            "127.0.0.1", rig.port, "/ws", use_ssl=context, subprotocols=["emporion.v1"]
        ) as client,
    ):
        await client.send_message(hello())
        await receive(client)
        with trio.fail_after(30):
            await broadcast_rounds(rig)
        assert rig.table.statistics().connections_too_slow == 1


async def test_a_plain_client_on_the_tls_port_is_closed(
    tls_files: tuple[Path, Path, ssl.SSLContext],
) -> None:
    chain, key, _ = tls_files
    async with open_rig(tls_certificate=str(chain), tls_key=str(key)) as rig:
        stream = await trio.open_tcp_stream("127.0.0.1", rig.port)
        async with stream:
            await stream.send_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            with trio.fail_after(3):
                while await stream.receive_some():
                    pass
        assert rig.gateway.statistics().connections_failed == 0
