"""The whole node behind its gateway: real classroom, real journal, real ports on loopback."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import trio
from gateway_rig import (
    KEY_ID,
    SECRET,
    exchange,
    hello,
    open_client,
    packed,
    receive,
    receive_goodbye,
    token,
    until,
)
from trio_websocket import WebSocketConnection

from emporion.engine.config import (
    AuthConfig,
    Config,
    HttpConfig,
    MediaConfig,
    MetricsConfig,
    NodeConfig,
    Secret,
)
from emporion.engine.errors import ConfigError
from emporion.engine.protocol.server import (
    Entries,
    PluginSummary,
    RequestFailed,
    RequestSucceeded,
    Resumed,
    ServerPush,
    Welcome,
)
from emporion.node import Node, open_node

ROOT = Path(__file__).parents[2]


def config_in(folder: Path, **http: object) -> Config:
    return Config(
        node=NodeConfig(data_dir=str(folder), stop_grace_s=2.0),
        http=msgspec.convert({"host": "127.0.0.1", "port": 0, **http}, HttpConfig),
        media=MediaConfig(host="127.0.0.1", port=0),
        metrics=MetricsConfig(port=0),
        auth=AuthConfig(keys={KEY_ID: Secret(SECRET)}),
    )


@asynccontextmanager
async def open_test_node(folder: Path) -> AsyncIterator[Node]:
    with trio.fail_after(30):
        async with open_node(config_in(folder)) as node:
            yield node


async def receive_a(client: WebSocketConnection, kind: type[ServerPush]) -> ServerPush:
    """The next message of a kind; others are passed over."""
    with trio.fail_after(5):
        while True:
            message = await receive(client)
            if isinstance(message, kind):
                return message


async def join(client: WebSocketConnection, identity: str) -> Welcome:
    await client.send_message(hello(identity, token=token(identity, template="class")))
    welcome = await receive_a(client, Welcome)
    assert isinstance(welcome, Welcome)
    return welcome


def chat(ref: int, text: str) -> bytes:
    body = {"type": "send_message", "text": text, "to": None}
    return packed(type="plugin_request", ref=ref, plugin="chat", body=body)


async def test_two_meet_and_talk(tmp_path: Path) -> None:
    async with (
        open_test_node(tmp_path) as node,
        open_client(node.http_port, joined=False) as ana,
        open_client(node.http_port, joined=False) as li,
    ):
        await join(ana, "ana")
        welcome = await join(li, "li")
        assert {person.identity for person in welcome.participants} == {"ana", "li"}
        await ana.send_message(chat(2, "hello"))
        assert isinstance(await receive_a(ana, RequestSucceeded), RequestSucceeded)
        while True:
            entries = await receive_a(li, Entries)
            assert isinstance(entries, Entries)
            if any(entry.kind == "chat.message" for entry in entries.entries):
                break


async def test_a_lost_connection_is_resumed(tmp_path: Path) -> None:
    async with open_test_node(tmp_path) as node:
        async with open_client(node.http_port, joined=False) as client:
            welcome = await join(client, "ana")
        async with open_client(node.http_port, joined=False) as client:
            resume = packed(
                type="resume",
                ref=1,
                protocol_version=1,
                resume_token=welcome.resume_token,
                last_seq=welcome.seq,
            )
            await client.send_message(resume)
            assert isinstance(await receive(client), Resumed)
        async with open_client(node.http_port, joined=False) as client:
            await client.send_message(resume)
            answer = await receive(client)
            assert isinstance(answer, RequestFailed), "a resume token is used up by its use"
            assert answer.code == "resume.expired"


async def test_the_same_identity_takes_over(tmp_path: Path) -> None:
    async with (
        open_test_node(tmp_path) as node,
        open_client(node.http_port, joined=False) as first,
        open_client(node.http_port, joined=False) as second,
    ):
        await join(first, "ana")
        await join(second, "ana")
        with trio.fail_after(5):
            while isinstance(message := await receive(first), Entries | PluginSummary):
                pass
        assert getattr(message, "code", None) == "duplicate_identity"


async def test_the_metrics_port_tells_of_the_gateway(tmp_path: Path) -> None:
    async with (
        open_test_node(tmp_path) as node,
        open_client(node.http_port, joined=False) as client,
    ):
        await join(client, "ana")
        assert node.metrics_port is not None
        request = b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        answer = (await exchange(node.metrics_port, request)).decode()
        assert "\nemporion_gateway_connections 1.0\n" in answer
        assert 'emporion_classroom_joins_total{result="joined"} 1.0\n' in answer


async def test_a_crashed_gateway_comes_back_on_its_port(tmp_path: Path) -> None:
    """Clients lose their connections, not their places: they resume."""
    async with open_test_node(tmp_path) as node:
        port, before = node.http_port, node.gateway
        async with open_client(port, joined=False) as client:
            welcome = await join(client, "ana")
            for listener in before._listeners:
                await listener.aclose()  # What accepts raises now: a crash.
            await until(lambda: node.gateway is not before)
        assert node.http_port == port
        async with open_client(port, joined=False) as client:
            await client.send_message(
                packed(
                    type="resume",
                    ref=1,
                    protocol_version=1,
                    resume_token=welcome.resume_token,
                    last_seq=welcome.seq,
                )
            )
            assert isinstance(await receive(client), Resumed)


async def test_a_node_that_stops_says_goodbye(tmp_path: Path) -> None:
    stop = trio.Event()
    ports: list[int] = []

    async def run(*, task_status: trio.TaskStatus[None]) -> None:
        async with open_test_node(tmp_path) as node:
            ports.append(node.http_port)
            task_status.started()
            await stop.wait()

    async with trio.open_nursery() as nursery:
        await nursery.start(run)
        async with open_client(ports[0], joined=False) as client:
            await join(client, "ana")
            stop.set()
            assert (await receive_goodbye(client)).code == "server_stopping"


@pytest.mark.parametrize("section", ["http", "metrics"])
async def test_a_taken_port_is_a_configuration_error(tmp_path: Path, section: str) -> None:
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener:
        port = listener.socket.getsockname()[1]
        config = config_in(tmp_path)
        taken = msgspec.structs.replace(getattr(config, section), port=port)
        config = msgspec.structs.replace(config, **{section: taken})
        with pytest.raises(ConfigError, match=rf"{section}\.port"):
            async with open_node(config):
                pass


async def test_a_missing_certificate_is_a_configuration_error(tmp_path: Path) -> None:
    config = config_in(tmp_path, tls_certificate="none.pem", tls_key="none.pem")
    with pytest.raises(ConfigError, match=r"http\.tls_certificate"):
        async with open_node(config):
            pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_serve_prints_links_and_stops_when_told(
    tmp_path: Path, number: signal.Signals
) -> None:
    flags = "--host 127.0.0.1 --port 0 --media-port 0 --metrics-port 0 --set media.host=127.0.0.1"
    command = [sys.executable, "-m", "emporion", "serve", *flags.split()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".ci" / "path")}
    with trio.fail_after(30):
        process = await trio.lowlevel.open_process(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tmp_path,
            env=environment,
        )
        assert process.stdout is not None
        out = b""
        while out.count(b"/#") < 6:
            out += await process.stdout.receive_some()
        port = int(out.partition(b"http://localhost:")[2].partition(b" ")[0])
        async with open_client(port, joined=False) as client:
            link = out.split(b"class, merchants:\n    ")[1].splitlines()[0].decode()
            await client.send_message(hello(token=link.partition("#")[2]))
            assert isinstance(await receive_a(client, Welcome), Welcome)
            process.send_signal(number)
            assert (await receive_goodbye(client)).code == "server_stopping"
        assert await process.wait() == 0
    assert (tmp_path / ".emporion" / "keys.toml").stat().st_mode & 0o077 == 0
