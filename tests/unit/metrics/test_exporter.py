"""`/metrics` answers GET and HEAD, refuses the rest, and survives whoever connects."""

import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio
from prometheus_client import CollectorRegistry, Metric

from emporion.metrics import BuildInfo, NodeCollector, Sources, exporter, serve_metrics

GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
BUILD = BuildInfo(version="1.2.3", python="3.11.7", forwarder="reference")


@pytest.fixture
def registry(sources: Sources) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(NodeCollector(sources, BUILD))
    return registry


@asynccontextmanager
async def exporter_port(registry: CollectorRegistry) -> AsyncIterator[int]:
    async def serve(task_status: trio.TaskStatus[int]) -> None:
        await serve_metrics(registry, host="127.0.0.1", port=0, task_status=task_status)

    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            yield await nursery.start(serve)
            nursery.cancel_scope.cancel()


async def exchange(port: int, request: bytes) -> bytes:
    """Send bytes and read until the server closes."""
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        await stream.send_all(request)
        return b"".join([part async for part in stream])


async def test_promtool_finds_nothing_to_say(registry: CollectorRegistry) -> None:
    promtool = shutil.which("promtool")
    assert promtool, "Debian's package prometheus has it; `make test` installs it"
    async with exporter_port(registry) as port:
        response = await exchange(port, GET)
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    check = await trio.run_process(
        [promtool, "check", "metrics"],
        stdin=body,
        capture_stdout=True,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert (check.returncode, check.stdout) == (0, b"")


def test_promtool_accepts_the_alerts() -> None:
    rules = Path(__file__).parents[3] / "metrics/alerts/emporion.yml"
    check = subprocess.run(["promtool", "check", "rules", str(rules)], capture_output=True)
    assert check.returncode == 0, check.stderr


def test_promtool_can_parse_every_question_of_the_dashboard(tmp_path: Path) -> None:
    """Written as recording rules, since there is no server to ask them."""
    dashboard = Path(__file__).parents[3] / "metrics/dashboards/emporion.json"
    panels = json.loads(dashboard.read_text())["panels"]
    questions = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    filled = [
        question.replace("$__rate_interval", "1m").replace("$instance", ".*")
        for question in questions
    ]
    rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(filled)]
    file = tmp_path / "dashboard.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    check = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True)
    assert check.returncode == 0, check.stderr


async def test_head_has_the_length_and_no_body(registry: CollectorRegistry) -> None:
    async with exporter_port(registry) as port:
        response = await exchange(port, GET.replace(b"GET", b"HEAD"))
    head, _, body = response.partition(b"\r\n\r\n")
    assert b"200" in head.splitlines()[0]
    assert b"content-length" in head.lower()
    assert body == b""


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (GET.replace(b"/metrics", b"/"), b"404"),
        (GET.replace(b"GET", b"DELETE"), b"405"),
        (b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi", b"405"),
        (b"rubbish\r\n\r\n", b"400"),
        (b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 2000 + b"\r\n", b"431"),
    ],
)
async def test_everything_else_is_refused(
    registry: CollectorRegistry, request_head: bytes, status: bytes
) -> None:
    async with exporter_port(registry) as port:
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            await stream.send_all(request_head)
            assert status in (await stream.receive_some()).splitlines()[0]
        assert b"200" in (await exchange(port, GET)).splitlines()[0]


async def test_a_connection_is_kept_for_the_next_scrape(registry: CollectorRegistry) -> None:
    request = b"GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"
    async with (
        exporter_port(registry) as port,
        await trio.open_tcp_stream("127.0.0.1", port) as stream,
    ):
        for _ in range(2):
            await stream.send_all(request)
            received = b""
            while b"\r\n\r\n" not in received:
                received += await stream.receive_some()
            head, _, body = received.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            assert length
            while len(body) < int(length[1]):
                body += await stream.receive_some()
            assert len(body) == int(length[1])


async def test_whoever_says_nothing_is_cut_off(
    registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter, "IDLE_TIMEOUT_S", 0.05)
    async with exporter_port(registry) as port:
        assert await exchange(port, b"GET /metr") == b""
        assert b"200" in (await exchange(port, GET)).splitlines()[0]


async def test_whoever_vanishes_disturbs_nobody(registry: CollectorRegistry) -> None:
    async with exporter_port(registry) as port:
        for part in (b"", GET[:10], GET):
            stream = await trio.open_tcp_stream("127.0.0.1", port)
            await stream.send_all(part)
            await stream.aclose()
        assert b"200" in (await exchange(port, GET)).splitlines()[0]


class Broken:
    """A collector with a bug."""

    def collect(self) -> Iterator[Metric]:
        raise RuntimeError("a bug")


async def test_a_collector_that_fails_costs_the_scrape_and_not_the_node() -> None:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Broken())
    async with exporter_port(registry) as port:
        for _ in range(2):
            assert (await exchange(port, GET)).startswith(b"HTTP/1.1 500 ")
