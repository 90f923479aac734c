"""HTTP on the gateway's port, over real sockets."""

import gzip
import json
from pathlib import Path

import pytest
import trio
from gateway_rig import Rig, exchange, open_client, open_rig

from emporion.web.pages import load_pages

PAGE = b"<!doctype html><title>Emporion</title>" + b" " * 500


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "assets" / "big-CHFTu4_a.bin").write_bytes(bytes(3_000_000))
    return tmp_path


async def get(rig: Rig, path: str, *headers: str, method: str = "GET") -> tuple[str, bytes]:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    answer = await exchange(rig.port, "\r\n".join([*lines, "", ""]).encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode(), body


async def test_a_page_is_served_and_revalidated(static: Path) -> None:
    async with open_rig(load_pages(static)) as rig:
        head, body = await get(rig, "/")
        assert head.startswith("HTTP/1.1 200 OK\r\n")
        assert body == PAGE
        etag = next(line for line in head.split("\r\n") if line.startswith("ETag: "))[6:]
        head, body = await get(rig, "/", f"If-None-Match: {etag}")
        assert head.startswith("HTTP/1.1 304 ")
        assert body == b""


async def test_a_page_is_compressed(static: Path) -> None:
    async with open_rig(load_pages(static)) as rig:
        head, body = await get(rig, "/", "Accept-Encoding: gzip")
        assert "Content-Encoding: gzip" in head
        assert gzip.decompress(body) == PAGE


async def test_a_large_file_comes_whole(static: Path) -> None:
    async with open_rig(load_pages(static)) as rig:
        head, body = await get(rig, "/assets/big-CHFTu4_a.bin")
        assert "immutable" in head
        assert len(body) == 3_000_000


async def test_head_has_the_length_and_no_body(static: Path) -> None:
    async with open_rig(load_pages(static)) as rig:
        head, body = await get(rig, "/", method="HEAD")
        assert f"Content-Length: {len(PAGE)}" in head
        assert body == b""


async def test_many_requests_share_a_connection() -> None:
    request = b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    async with open_rig() as rig:
        answer = await exchange(rig.port, request * 9 + last)
        assert answer.count(b"HTTP/1.1 200 ") == 10
        assert rig.gateway.statistics().connections_total == 1


async def test_readiness_follows_the_node() -> None:
    async with open_rig() as rig:
        rig.classroom.is_ready = False
        head, body = await get(rig, "/api/v1/ready")
        assert head.startswith("HTTP/1.1 503 ")
        assert json.loads(body) == {"status": "not_ready"}


async def test_a_body_is_read_and_dropped() -> None:
    async with open_rig() as rig:
        head, _ = await get(rig, "/api/v1/health", "Content-Length: 0", method="POST")
        assert head.startswith("HTTP/1.1 405 ")
        body = b"x" * 100_000
        request = (
            b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        assert (await exchange(rig.port, request)).startswith(b"HTTP/1.1 405 ")


async def test_too_large_a_body_is_refused() -> None:
    async with open_rig() as rig:
        request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + bytes(
            2_000_000
        )
        answer = await exchange(rig.port, request)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b'"http.too_large"' in answer


async def test_expectations_are_answered() -> None:
    async with open_rig() as rig:
        request = (
            b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        stream = await trio.open_tcp_stream("127.0.0.1", rig.port)
        async with stream:
            with trio.fail_after(3):
                await stream.send_all(request)
                assert (await stream.receive_some()).startswith(b"HTTP/1.1 100 ")
                await stream.send_all(b"xx")
                assert (await stream.receive_some()).startswith(b"HTTP/1.1 405 ")


async def test_above_the_limit_of_connections_new_ones_are_refused() -> None:
    async with open_rig(max_connections=1) as rig, open_client(rig.port):
        answer = await exchange(rig.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503 ")
    assert b'"http.full"' in answer
