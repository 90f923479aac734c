"""Participants without a browser in a whole node: they see and hear, and the metrics tell."""

import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import trio

from emporion.engine.config import Config, HttpConfig, MediaConfig, MetricsConfig, NodeConfig
from emporion.engine.headless import open_participant
from emporion.engine.ids import SessionId
from emporion.engine.journal import read_journal
from emporion.engine.media import Source
from emporion.engine.protocol.client import PluginRequest
from emporion.engine.protocol.server import RequestSucceeded
from emporion.node import Node, open_node
from emporion.web.keys import signing_key
from emporion.web.tokens import GrantClaims, make_token

HOST = "127.0.0.1"


@asynccontextmanager
async def running_node(folder: Path) -> AsyncIterator[Node]:
    config = Config(
        node=NodeConfig(data_dir=str(folder)),
        http=HttpConfig(host=HOST, port=0),
        media=MediaConfig(host=HOST, port=0),
        metrics=MetricsConfig(host=HOST, port=0),
    )
    with trio.fail_after(60):
        async with open_node(config) as node:
            yield node


def token(node: Node, identity: str, *, role: str = "merchant") -> str:
    key_id, secret = signing_key(node.auth)
    grants = msgspec.convert(
        {"room": "lesson", "roomJoin": True, "role": role, "template": "class"}, GrantClaims
    )
    return make_token(
        key_id,
        secret,
        identity=identity,
        name=identity.title(),
        grants=grants,
        expires_at_unix_s=time.time() + 60,
    )


def url(node: Node) -> str:
    return f"ws://{HOST}:{node.http_port}/ws"


async def scrape(node: Node) -> bytes:
    assert node.metrics_port
    async with await trio.open_tcp_stream(HOST, node.metrics_port) as stream:
        await stream.send_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join([part async for part in stream])
    return answer.partition(b"\r\n\r\n")[2]


async def test_a_viewer_sees_and_hears_a_publisher_and_the_metrics_say_so(tmp_path: Path) -> None:
    both = (Source.MICROPHONE, Source.CAMERA)
    async with (
        running_node(tmp_path) as node,
        open_participant(url(node), token(node, "teacher", role="host"), sources=both) as teacher,
        open_participant(url(node), token(node, "ana")) as viewer,
    ):
        microphone = await teacher.publish(Source.MICROPHONE)
        camera = await teacher.publish(Source.CAMERA)
        await viewer.view(camera)

        sight = await viewer.wait_slot(camera)
        await sight.wait_frames(20)
        assert (sight.width_px, sight.height_px) == (640, 360)
        hearing = await viewer.wait_slot(microphone)
        await hearing.wait_frames(50)
        assert hearing.loudness > 1000

        metrics = await scrape(node)
        samples = dict(
            line.rsplit(" ", 1) for line in metrics.decode().splitlines() if line[0] != "#"
        )
        assert samples['emporion_classroom_rooms{template="class"}'] == "1.0"
        assert samples['emporion_classroom_participants{role="host"}'] == "1.0"
        assert samples['emporion_classroom_joins_total{result="joined"}'] == "2.0"
        assert float(samples["emporion_media_transports_connected"]) == 2
        assert float(samples["emporion_forward_packets_sent_total"]) > 20
        assert float(samples["emporion_journal_entries_appended_total"]) >= 4
        await assert_promtool_is_content(metrics)


async def test_what_is_written_is_in_the_journal_when_it_is_promised(tmp_path: Path) -> None:
    async with (
        running_node(tmp_path) as node,
        open_participant(url(node), token(node, "ana"), with_media=False) as ana,
        open_participant(url(node), token(node, "ben"), with_media=False) as ben,
    ):
        body = msgspec.Raw(msgspec.msgpack.encode({"type": "send_message", "text": "Hello"}))
        answer = await ana.request(PluginRequest, plugin="chat", body=body)
        assert isinstance(answer, RequestSucceeded)
        assert answer.seq is not None
        kinds = kinds_on_disk(tmp_path, ana.welcome.room.session_id)
        assert kinds[answer.seq] == "chat.message"
        while not any(entry.kind == "chat.message" for entry in ben.entries):
            await ben.control.wait_change()


def kinds_on_disk(folder: Path, session_id: SessionId) -> dict[int, str]:
    (journal,) = folder.rglob(f"{session_id}.journal")
    return {entry.seq: entry.kind for entry in read_journal(journal)}


async def assert_promtool_is_content(metrics: bytes) -> None:
    promtool = shutil.which("promtool")
    assert promtool, "Debian's package prometheus has it; `make test` installs it"
    check = await trio.run_process(
        [promtool, "check", "metrics"],
        stdin=metrics,
        capture_stdout=True,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert (check.returncode, check.stdout) == (0, b"")
