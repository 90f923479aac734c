"""Twenty people draw on one board at once, and somebody opens a page of 5,000 strokes.

    python tests/bench/bench_whiteboard.py [--people 20] [--seconds 10] [--strokes 5000] [--no-page]

The server is `emporion serve` in a process of its own. Each person sends what a page sends: a
batch of a stroke every 50 ms, and after 20 of them the finished stroke. `signal` is from the
sending of a batch to its arrival at each of the others, `entry` the same for finished strokes,
which are on disk when they arrive. The opening is measured on the wire, and in a Chromium without
a graphics card from the click on Join until all strokes stand on the board. The last figure is from
the pointer on one page to the canvas of another: it has the wait for the batch (up to 50 ms) and
for the frame in it.
"""

import argparse
import platform
import random
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
import trio
from bench.server_process import ServerProcess, serving
from e2e.conftest import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Page, sync_playwright

from emporion.plugins.drawing.points import encode_points

BATCH_S: Final = 0.05
BATCHES: Final = 20  # Of one stroke.
WAIT_MS: Final = 30_000
_SHARES: Final = (0.5, 0.95, 0.99)
_OPENING: Final = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: emporion.v1\r\n\r\n"
)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


@dataclass
class Drawer:
    """One client on a bare socket: the bench's own share of the CPU must stay small."""

    stream: trio.SocketStream
    own_id: str = ""
    signals_ms: list[float] = field(default_factory=list)
    entries_ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _data: bytearray = field(default_factory=bytearray)
    _ref: int = 0

    @classmethod
    async def join(cls, server: ServerProcess, name: str, role: Any) -> "tuple[Drawer, Any]":
        """Open a socket and say hello; returns the welcome as well."""
        stream = await trio.open_tcp_stream("127.0.0.1", server.port)
        drawer = cls(stream)
        await stream.send_all(_OPENING)
        while b"\r\n\r\n" not in drawer._data:
            drawer._data += await stream.receive_some(65536)
        del drawer._data[: drawer._data.index(b"\r\n\r\n") + 4]
        token = server.token(name, room="board", role=role)
        await drawer.send("hello", protocol_version=1, token=token)
        welcome = await drawer.wait("welcome")
        drawer.own_id = welcome["participant_id"]
        return drawer, welcome

    async def send(self, kind: str, **fields: Any) -> int:
        self._ref += 1
        payload = _encode({"type": kind, "ref": self._ref, **fields})
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x82, 0x80 | size)
        elif size <= 0xFFFF:
            head = struct.pack("!BBH", 0x82, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x82, 0x80 | 127, size)
        await self.stream.send_all(head + bytes(4) + payload)  # A mask of zeros is permitted.
        return self._ref

    async def request(self, **body: Any) -> int:
        return await self.send("plugin_request", plugin="whiteboard", body=body)

    async def ask(self, **body: Any) -> None:
        ref = await self.request(**body)
        while (answer := await self.receive()).get("ref") != ref:
            pass
        assert answer["type"] == "request_succeeded", answer

    async def wait(self, kind: str, event: str | None = None) -> Any:
        while (message := await self.receive())["type"] != kind or (
            event is not None and message.get("event") != event
        ):
            assert message["type"] != "request_failed", message
        return message

    async def receive(self) -> dict[str, Any]:
        while (frame := self._take()) is None:
            self._data += await self.stream.receive_some(262144)
        message: dict[str, Any] = _decode(frame)
        return message

    async def leave(self) -> None:
        """Leave for good: a lost connection would keep its place."""
        await self.send("leave")
        await self.stream.aclose()

    async def listen(self) -> None:
        """Note how long each batch and each stroke of others took to come here."""
        while True:
            message = await self.receive()
            now_us = _clock_us()
            if message["type"] == "plugin_signalled" and message["author"] != self.own_id:
                self.signals_ms.append(_since_ms(message["body"]["draft"], now_us))
            elif message["type"] == "entries":
                for entry in message["entries"]:
                    if entry["kind"] == "whiteboard.edited":
                        self.entries_ms.append(_since_ms(entry["body"]["draft"], now_us))
            elif message["type"] == "request_failed":
                self.refused.append(message["code"])

    async def draw(self, seconds: float, seed: int, surface: str = "page1") -> None:
        chance = random.Random(seed)
        end_s = trio.current_time() + seconds
        await trio.sleep(chance.random() * BATCH_S)
        while trio.current_time() < end_s:
            path = _stroke(chance, 3 * BATCHES)
            for batch in range(BATCHES):
                points = encode_points(path[6 * batch : 6 * batch + 6])
                item = {"kind": "pen", "points": points}
                draft = {"type": "draft", "surface": surface, "start": 3 * batch, "item": item}
                body = {**draft, "draft": _clock_us()}
                await self.send("plugin_signal", plugin="whiteboard", body=body)
                await trio.sleep(BATCH_S)
            item = {"kind": "pen", "points": encode_points(path)}
            await self.request(type="edit", surface=surface, added=[item], draft=_clock_us())

    def _take(self) -> bytes | None:
        data = self._data
        if len(data) < 2:
            return None
        length, start = data[1], 2
        if length == 126:
            length, start = int.from_bytes(data[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(data[2:10], "big"), 10
        if len(data) < start + length:
            return None
        frame, is_message = bytes(data[start : start + length]), data[0] == 0x82
        del data[: start + length]
        return frame if is_message else self._take()


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
    """A page of many strokes. The pages' figures are None without a browser."""

    strokes: int
    wire_ms: float
    wire_bytes: int
    page_ms: float | None = None  # After the click on Join.
    shown_ms: float | None = None  # After the room's page was shown.
    frames_per_s: float | None = None
    longest_frame_ms: float | None = None
    pointer_ms: tuple[float, ...] = ()  # From the pointer on one page to the canvas of another.


async def measure_latency(server: ServerProcess, people: int, seconds: float) -> Latency:
    """Let everybody draw at once."""
    drawers = [(await Drawer.join(server, f"p{n}", "assistant"))[0] for n in range(people)]
    async with trio.open_nursery() as nursery:
        for drawer in drawers:
            nursery.start_soon(drawer.listen)
        await trio.sleep(0.5)
        cpu_s, wall_s = server.cpu_s(), time.perf_counter()
        async with trio.open_nursery() as drawing:
            for seed, drawer in enumerate(drawers):
                drawing.start_soon(drawer.draw, seconds, seed)
        cpu_s, wall_s = server.cpu_s() - cpu_s, time.perf_counter() - wall_s
        await trio.sleep(1.0)
        nursery.cancel_scope.cancel()
    strokes = sum(len(drawer.entries_ms) for drawer in drawers) / people
    for drawer in drawers:
        await drawer.leave()
    return Latency(
        signals_ms=sorted(ms for drawer in drawers for ms in drawer.signals_ms),
        entries_ms=sorted(ms for drawer in drawers for ms in drawer.entries_ms),
        expected_signals=round(strokes * BATCHES * (people - 1)),
        refused=sum(len(drawer.refused) for drawer in drawers),
        cpu_ratio=cpu_s / wall_s,
    )


async def fill(server: ServerProcess, strokes: int) -> None:
    """Draw so many strokes on a new page and present it."""
    teacher, _ = await Drawer.join(server, "teacher", "host")
    chance = random.Random(1)
    await teacher.ask(type="add_page")
    await teacher.ask(type="open_board", is_open=True)
    for start in range(0, strokes, 64):
        added = [
            {
                "kind": "pen",
                "points": encode_points(_stroke(chance, 40)),
                "ink": chance.randrange(6),
            }
            for _ in range(min(64, strokes - start))
        ]
        await teacher.ask(type="edit", surface="page2", added=added)
    await teacher.leave()


async def measure_opening(server: ServerProcess, strokes: int) -> Opening:
    """Join late and fetch everything."""
    begin_s = time.perf_counter()
    late, welcome = await Drawer.join(server, "late", "merchant")
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
    return Opening(strokes=strokes, wire_ms=wire_ms, wire_bytes=len(_encode(items)))


# Frames while a pointer draws, with an event for each frame as a screen of 60 Hz gives them.
_DRAW = """(seconds) => new Promise((done) => {
  const canvas = document.querySelector('.surface-moving');
  const box = canvas.getBoundingClientRect();
  const gaps = [];
  const begin = performance.now();
  let last = begin, count = 0;
  const send = (type, buttons) => {
    const angle = count / 9, share = 0.5 + 0.35 * Math.sin(count / 40);
    canvas.dispatchEvent(new PointerEvent(type, {
      pointerId: 1, pointerType: 'mouse', button: 0, buttons, bubbles: true,
      clientX: box.left + box.width * (0.5 + 0.4 * share * Math.cos(angle)),
      clientY: box.top + box.height * (0.5 + 0.4 * share * Math.sin(angle)),
    }));
  };
  send('pointerdown', 1);
  const step = () => {
    const now = performance.now();
    gaps.push(now - last); last = now; count += 1;
    if (count % 60 === 0) { send('pointerup', 0); send('pointerdown', 1); }
    else send('pointermove', 1);
    if (now - begin < seconds * 1000) requestAnimationFrame(step);
    else { send('pointerup', 0); done([count / (now - begin) * 1000, Math.max(...gaps)]); }
  };
  requestAnimationFrame(step);
})"""

# One page's pointer goes along the upper edge, where nobody else draws; the other one's canvas says
# when it is told to paint up to there. Both have the machine's clock.
_POINT = """(seconds) => new Promise((done) => {
  const canvas = document.querySelector('.surface-moving');
  const box = canvas.getBoundingClientRect();
  const scale = Math.min(box.width / 16000, box.height / 9000);
  const left = box.left + (box.width - 16000 * scale) / 2;
  const top = box.top + (box.height - 9000 * scale) / 2;
  const sent = [];
  const begin = performance.now();
  let count = 0;
  const send = (type, buttons, x) => canvas.dispatchEvent(new PointerEvent(type, {
    pointerId: 1, pointerType: 'mouse', button: 0, buttons, bubbles: true,
    clientX: left + x * scale, clientY: top + 40 * scale,
  }));
  const step = () => {
    const now = performance.now();
    const x = 300 + 25 * count;
    if (count === 0) send('pointerdown', 1, x);
    else { send('pointermove', 1, x); sent.push([x, performance.timeOrigin + now]); }
    count += 1;
    if (now - begin < seconds * 1000 && x < 15600) setTimeout(step, 16);
    else { send('pointerup', 0, x); done(sent); }
  };
  step();
})"""

_WATCH = """
window.painted = [];
const lineTo = Path2D.prototype.lineTo;
Path2D.prototype.lineTo = function (x, y) {
  if (y > 0 && y < 90) window.painted.push([x, performance.timeOrigin + performance.now()]);
  return lineTo.call(this, x, y);
};
addEventListener('click', (event) => { window.clicked ??= event.timeStamp; }, { capture: true });
window.whole = (count) => new Promise((done) => {
  let entered = 0;
  const look = () => {
    if (entered === 0 && document.querySelector('[data-testid=leave-button]')) {
      entered = performance.now();
    }
    const surface = document.querySelector('[data-testid=surface]');
    if (!(Number(surface?.dataset.items) >= count)) return requestAnimationFrame(look);
    // The frame after that in which they were painted.
    requestAnimationFrame(() => setTimeout(() => {
      const now = performance.now();
      done([now - window.clicked, now - entered]);
    }));
  };
  look();
});
"""


def enter(browser: Browser, server: ServerProcess, name: str) -> Page:
    """Join through the pages, each in a window of its own: one in the background paints nothing."""
    context = browser.new_context(
        permissions=["camera", "microphone"],
        viewport={"width": 1280, "height": 800},
        bypass_csp=True,
    )
    context.add_init_script(_WATCH)
    page = context.new_page()
    token = server.token(name, room="board", role="assistant")
    page.goto(f"http://127.0.0.1:{server.port}/#{token}")
    page.get_by_test_id("join-button").wait_for(timeout=WAIT_MS)
    page.get_by_test_id("name-input").fill(name)
    page.wait_for_function("window.emporion?.room.media.offer != null", timeout=WAIT_MS)
    page.get_by_test_id("join-button").click()
    return page


async def draw_along(server: ServerProcess, people: int, seconds: float) -> None:
    """Let a crowd draw on the board that is open."""
    async with trio.open_nursery() as nursery:
        drawers = [(await Drawer.join(server, f"c{n}", "assistant"))[0] for n in range(people)]
        for drawer in drawers:
            nursery.start_soon(drawer.listen)
        async with trio.open_nursery() as drawing:
            for seed, drawer in enumerate(drawers):
                drawing.start_soon(drawer.draw, seconds, seed, "page2")
        nursery.cancel_scope.cancel()
    for drawer in drawers:
        await drawer.leave()


def _matched(sent: list[list[float]], painted: list[list[float]]) -> tuple[float, ...]:
    """How long after the pointer was at a place a line was painted up to there, or farther."""
    found = []
    for x, sent_ms in sent:
        later = [at_ms for at_x, at_ms in painted if at_x >= x - 2 and at_ms >= sent_ms]
        if later:
            found.append(min(later) - sent_ms)
    return tuple(sorted(found))


def measure_page(server: ServerProcess, opening: Opening, people: int, seconds: float) -> Opening:
    """Open the board in a browser, draw on it, and see it drawn on from another page."""
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        stack.callback(browser.close)
        page = enter(browser, server, "artist")
        page_ms, shown_ms = page.evaluate(f"window.whole({opening.strokes})")
        page.wait_for_timeout(1_000)
        frames_per_s, longest_ms = page.evaluate(_DRAW, seconds)
        watcher = enter(browser, server, "watcher")
        watcher.evaluate(f"window.whole({opening.strokes})")
        crowd = threading.Thread(target=trio.run, args=(draw_along, server, people, 2 * seconds))
        crowd.start()
        page.wait_for_timeout(1_500)
        sent = page.evaluate(_POINT, seconds)
        page.wait_for_timeout(500)
        pointer_ms = _matched(sent, watcher.evaluate("window.painted"))
        crowd.join()
    return Opening(
        pointer_ms=pointer_ms,
        strokes=opening.strokes,
        wire_ms=opening.wire_ms,
        wire_bytes=opening.wire_bytes,
        page_ms=page_ms,
        shown_ms=shown_ms,
        frames_per_s=frames_per_s,
        longest_frame_ms=longest_ms,
    )


def run(people: int, seconds: float, strokes: int, *, page: bool) -> tuple[Latency, Opening]:
    """Measure all of it on one server."""

    async def on_the_wire() -> tuple[Latency, Opening]:
        with trio.fail_after(seconds + 120):
            latency = await measure_latency(server, people, seconds)
            await fill(server, strokes)
            return latency, await measure_opening(server, strokes)

    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        latency, opening = trio.run(on_the_wire)
        return latency, (
            measure_page(server, opening, people - 2, seconds=4.0) if page else opening
        )


def percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--strokes", type=int, default=5000)
    parser.add_argument("--no-page", action="store_true")
    options = parser.parse_args()
    latency, opening = run(
        options.people, options.seconds, options.strokes, page=not options.no_page
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
    if opening.page_ms is not None:
        print(
            f"in Chromium {opening.shown_ms:.0f} ms after the room's page came,"
            f" {opening.page_ms:.0f} ms after the click on Join"
        )
        print(
            f"drawn on at {opening.frames_per_s:.0f} frames/s,"
            f" longest frame {opening.longest_frame_ms:.0f} ms"
        )
        pointer = opening.pointer_ms
        print(
            f"from the pointer to another page's canvas p50 {percentile(pointer, 0.5):.0f} ms,"
            f" p95 {percentile(pointer, 0.95):.0f} ms ({len(pointer)} points,"
            f" {options.people - 2} others draw)"
        )


def _stroke(chance: random.Random, points: int) -> list[int]:
    x, y = chance.randrange(1_000, 15_000), chance.randrange(1_000, 8_000)
    path = []
    for _ in range(points):
        x = min(15_900, max(100, x + chance.randint(-60, 60)))
        y = min(8_900, max(100, y + chance.randint(-60, 60)))
        path += [x, y]
    return path


def _clock_us() -> int:
    return time.perf_counter_ns() // 1000 & 0xFFFFFFFF


def _since_ms(sent_us: int, now_us: int) -> float:
    return ((now_us - sent_us) & 0xFFFFFFFF) / 1e3


if __name__ == "__main__":
    main()
