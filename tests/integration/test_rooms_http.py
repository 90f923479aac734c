"""Rooms over HTTP, at a real node: a host's token reads and chooses the scheduler."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio
from gateway_rig import exchange, hello, open_client, receive, token
from integration.test_gateway_node import config_in
from trio_websocket import WebSocketConnection

from emporion.engine.protocol.server import Entries, Welcome
from emporion.node import Node, open_node

ROOM = "spring"
PATH = f"/api/v1/rooms/{ROOM}/scheduler"


@asynccontextmanager
async def node_with_a_room(folder: Path) -> AsyncIterator[tuple[Node, WebSocketConnection]]:
    with trio.fail_after(30):
        async with (
            open_node(config_in(folder)) as node,
            open_client(node.http_port, joined=False) as client,
        ):
            await client.send_message(hello("li", token=token("li", template="class")))
            assert isinstance(await receive(client), Welcome)
            yield node, client


async def ask(
    node: Node, method: str, body: object = None, *, bearer: str, path: str = PATH
) -> tuple[int, dict[str, object]]:
    content = b"" if body is None else json.dumps(body).encode()
    head = "\r\n".join(
        [
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {bearer}",
            f"Content-Length: {len(content)}",
            "Connection: close",
            "",
            "",
        ]
    )
    answer = await exchange(node.http_port, head.encode() + content, wait_s=8)
    status, _, rest = answer.partition(b"\r\n")
    return int(status.split()[1]), json.loads(rest.partition(b"\r\n\r\n")[2])


async def test_a_host_reads_and_chooses(tmp_path: Path) -> None:
    host = token("ana", role="host")
    async with node_with_a_room(tmp_path) as (node, client):
        status, before = await ask(node, "GET", bearer=host)
        assert (status, before["scheduler"]) == (200, "teaching")
        assert "gallery" in str(before["schedulers"])
        status, answer = await ask(node, "PUT", {"scheduler": "gallery"}, bearer=host)
        assert (status, answer) == (200, before | {"scheduler": "gallery"})
        pushed = await receive(client)
        while not isinstance(pushed, Entries):
            pushed = await receive(client)
        assert [entry.kind for entry in pushed.entries] == ["room.scheduler_changed"]
        assert (await ask(node, "GET", bearer=host))[1]["scheduler"] == "gallery"


@pytest.mark.parametrize(
    ("method", "body", "path", "role", "status", "code"),
    [
        ("PUT", {"scheduler": "gallery"}, PATH, "merchant", 403, "grant.missing"),
        ("PUT", {"scheduler": "best"}, PATH, "host", 400, "scheduler.unknown"),
        ("PUT", {"plan": "gallery"}, PATH, "host", 400, "http.body_invalid"),
        ("PUT", ["x"] * 5000, PATH, "host", 400, "http.body_invalid"),
        ("POST", {}, PATH, "host", 405, "http.method_not_allowed"),
        ("GET", None, "/api/v1/rooms/other/scheduler", "host", 403, "token.room_mismatch"),
        ("GET", None, PATH, None, 401, "token.invalid"),
    ],
)
async def test_what_is_refused(
    tmp_path: Path,
    method: str,
    body: object,
    path: str,
    role: str | None,
    status: int,
    code: str,
) -> None:
    bearer = "no token" if role is None else token("ana", role=role)
    async with node_with_a_room(tmp_path) as (node, _):
        answered, failure = await ask(node, method, body, bearer=bearer, path=path)
        assert (answered, failure["code"]) == (status, code)
        assert failure["message"]


async def test_a_room_that_is_not_open(tmp_path: Path) -> None:
    async with open_node(config_in(tmp_path)) as node:
        status, failure = await ask(node, "GET", bearer=token("ana", role="host"))
        assert (status, failure["code"]) == (404, "room.unknown")
