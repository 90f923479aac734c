"""Twenty people draw on one board at once, and somebody opens a page of 5,000 strokes.

    python tests/bench/bench_whiteboard.py [--people 20] [--seconds 10] [--strokes 5000]
        [--no-page] [--cameras]

The server is `emporion serve` in a process of its own. Each person sends what a page sends: a
batch of a stroke every 40 ms, and after 25 of them the finished stroke. `signal` is from the
sending of a batch to its arrival at each of the others, `entry` the same for finished strokes,
which are on disk when they arrive. The opening is measured on the wire, and in a Chromium without
a graphics card from the click on Join until all strokes stand on the board. The last figure is from
the pointer event on one page to the ink on another one's canvas, read back from its pixels after
the frame: it has the wait for the batch and for the frame in it.
"""

import argparse
import platform
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import trio
from bench.drawing_crowd import BATCHES, Drawer, draw_together, stroke
from bench.drawing_pages import PageFigures, measure_pages
from bench.server_process import ServerProcess, serving

from emporion.engine.grants import RoleName
from emporion.plugins.drawing.points import encode_points

_SHARES: Final = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Latency:
    """Of everything that arrived at others; `cpu_ratio`: of a core, the server's."""

    signals_ms: list[float]
    entries_ms: list[float]
    expected_signals: int
    refused: int
    cpu_ratio: float


@dataclass(frozen=True, slots=True)
class Opening:
    """A page of many strokes, on the wire."""

    strokes: int
    wire_ms: float
    wire_bytes: int


async def measure_latency(server: ServerProcess, people: int, seconds: float) -> Latency:
    """Let everybody draw at once."""
    tokens = [_token(server, f"p{n}", "assistant") for n in range(people)]
    cpu_s, wall_s = server.cpu_s(), time.perf_counter()
    drawers = await draw_together(server.port, tokens, seconds)
    cpu_s, wall_s = server.cpu_s() - cpu_s, time.perf_counter() - wall_s
    strokes = sum(len(drawer.entries_ms) for drawer in drawers) / people
    return Latency(
        signals_ms=sorted(ms for drawer in drawers for ms in drawer.signals_ms),
        entries_ms=sorted(ms for drawer in drawers for ms in drawer.entries_ms),
        expected_signals=round(strokes * BATCHES * (people - 1)),
        refused=sum(len(drawer.refused) for drawer in drawers),
        cpu_ratio=cpu_s / wall_s,
    )


async def fill(server: ServerProcess, strokes: int) -> None:
    """Draw so many strokes on a new page and present it."""
    teacher, _ = await Drawer.join(server.port, _token(server, "teacher", "host"))
    chance = random.Random(1)
    await teacher.ask(type="add_page")
    await teacher.ask(type="open_board", is_open=True)
    for start in range(0, strokes, 64):
        added = [
            {
                "kind": "pen",
                "points": encode_points(stroke(chance, 40)),
                "ink": chance.randrange(6),
            }
            for _ in range(min(64, strokes - start))
        ]
        await teacher.ask(type="edit", surface="page2", added=added)
    await teacher.leave()


async def measure_opening(server: ServerProcess, strokes: int) -> Opening:
    """Join late and fetch everything."""
    begin_s = time.perf_counter()
    late, welcome = await Drawer.join(server.port, _token(server, "late", "merchant"))
    view = welcome["plugins"]["whiteboard"]["body"]
    items, is_last = list(view["items"]), view["is_whole"]
    after = items[-1][0]
    while not is_last:
        await late.request(type="fetch", surface=view["presented"], after=after)
        body = (await late.wait("plugin_signalled", "items"))["body"]
        items += body["items"]
        after, is_last = body["until"], body["is_last"]
    wire_ms = (time.perf_counter() - begin_s) * 1e3
    assert len(items) == strokes, len(items)
    await late.leave()
    return Opening(strokes=strokes, wire_ms=wire_ms, wire_bytes=len(msgspec.msgpack.encode(items)))


def run(
    people: int, seconds: float, strokes: int, *, page: bool, has_cameras: bool = False
) -> tuple[Latency, Opening, PageFigures | None]:
    """Measure all of it on one server; the pages' figures are None without a browser."""

    async def on_the_wire() -> tuple[Latency, Opening]:
        with trio.fail_after(seconds + 120):
            latency = await measure_latency(server, people, seconds)
            await fill(server, strokes)
            return latency, await measure_opening(server, strokes)

    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        latency, opening = trio.run(on_the_wire)
        if not page:
            return latency, opening, None
        pages = measure_pages(server, strokes, people - 2, seconds=5.0, has_cameras=has_cameras)
        return latency, opening, pages


def percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--strokes", type=int, default=5000)
    parser.add_argument("--no-page", action="store_true")
    parser.add_argument("--cameras", action="store_true")
    options = parser.parse_args()
    latency, opening, pages = run(
        options.people,
        options.seconds,
        options.strokes,
        page=not options.no_page,
        has_cameras=options.cameras,
    )
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, {platform.platform()}")
    print(f"{options.people} people draw; the server takes {latency.cpu_ratio:.2f} of a core")
    for name, values in (("signal", latency.signals_ms), ("entry", latency.entries_ms)):
        parts = [f"p{share * 100:.0f} {percentile(values, share):6.1f} ms" for share in _SHARES]
        shares = ", ".join(parts)
        print(f"{name:7} {shares} ({len(values)} arrived)")
    print(f"signals expected {latency.expected_signals}, refused {latency.refused}")
    kib = opening.wire_bytes / 1024
    print(
        f"{opening.strokes} strokes: {kib:.0f} KiB, opened on the wire in {opening.wire_ms:.0f} ms"
    )
    if pages is not None:
        _print_pages(pages, options.people - 2)


def _print_pages(pages: PageFigures, others: int) -> None:
    print(
        f"in Chromium {pages.shown_ms:.0f} ms after the room's page came,"
        f" {pages.page_ms:.0f} ms after the click on Join"
    )
    print(
        f"drawn on at {pages.frames_per_s:.0f} frames/s,"
        f" longest frame {pages.longest_frame_ms:.0f} ms"
    )
    pointer, shares = pages.pointer_ms, pages.shares
    print(
        f"from the pointer to ink on another page p50 {percentile(pointer, 0.5):.0f} ms,"
        f" p95 {percentile(pointer, 0.95):.0f} ms, longest {pointer[-1]:.0f} ms"
        f" ({len(pointer)} points, {others} others draw,"
        f" that page at {pages.watched_frames_per_s:.0f} frames/s)"
    )
    print(
        f"of a core: server {shares.server:.2f}, crowd {shares.crowd:.2f},"
        f" both pages {shares.renderers:.2f} (main threads {shares.main_threads[0]:.2f}"
        f" and {shares.main_threads[1]:.2f}), rest of Chromium {shares.rest_of_browser:.2f}"
    )


def _token(server: ServerProcess, name: str, role: RoleName) -> str:
    return server.token(name, room="board", role=role)


if __name__ == "__main__":
    main()
