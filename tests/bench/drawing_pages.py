"""Two real pages on one board: one person points, and the other one's canvas shows it.

Chromium has no graphics card here: it paints in software, on the cores that the server and the
crowd have as well. So the CPU of each is told apart, and the cameras are off unless they are asked
for: each costs more than all the drawing.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.server_process import ServerProcess
from e2e.conftest import CHROMIUM, FLAGS
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

WAIT_MS: Final = 30_000
CROWD: Final = Path(__file__).with_name("drawing_crowd.py")

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

# One page's pointer goes along the upper edge, where nobody else draws. `x` is in units.
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
    const x = 300 + 40 * count;
    if (count === 0) send('pointerdown', 1, x);
    else { send('pointermove', 1, x); sent.push([x, performance.timeOrigin + now]); }
    count += 1;
    if (now - begin < seconds * 1000 && x < 15600) setTimeout(step, 16);
    else { send('pointerup', 0, x); done(sent); }
  };
  step();
})"""

# The other page reads, after each frame that it has painted, how far the ink on its canvases goes
# along that edge. Both pages have the machine's clock.
_WATCH = """
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
window.watch = () => {
  const canvases = [...document.querySelectorAll('.surface canvas')];
  const { width, height } = canvases[0];
  const scale = Math.min(width / 16000, height / 9000);
  const left = (width - 16000 * scale) / 2, top = (height - 9000 * scale) / 2;
  const row = Math.round(top + 40 * scale);
  const edge = () => Math.max(...canvases.map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, row, width, 1);
    for (let x = width - 1; x >= 0; x -= 1) {
      const at = 4 * x;
      if (data[at + 3] > 100 && data[at] + data[at + 1] + data[at + 2] < 500) return x;
    }
    return -1;
  }));
  const seen = [];
  const gaps = [];
  let last = performance.now();
  let isOver = false;
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    const x = (edge() - left) / scale;
    if (x > (seen.at(-1)?.[0] ?? 0)) seen.push([x, performance.timeOrigin + performance.now()]);
  };
  const step = () => {
    const now = performance.now();
    gaps.push(now - last); last = now;
    channel.port2.postMessage(0);
    if (!isOver) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
  window.watched = () => { isOver = true; return { seen, gaps: gaps.slice(1) }; };
};
"""


@dataclass(frozen=True, slots=True)
class Shares:
    """Of a core. `main_threads`: of the page that points, and of the one that watches."""

    server: float
    crowd: float
    renderers: float
    rest_of_browser: float
    main_threads: tuple[float, float]


@dataclass(frozen=True, slots=True)
class PageFigures:
    """What was seen on real pages."""

    page_ms: float  # After the click on Join until all strokes stand.
    shown_ms: float  # After the room's page was shown.
    frames_per_s: float
    longest_frame_ms: float
    pointer_ms: tuple[float, ...]  # From the pointer on one page to the other one's canvas.
    watched_frames_per_s: float  # Of the page that watches, while all draw.
    shares: Shares


def measure_pages(
    server: ServerProcess, strokes: int, people: int, seconds: float, *, has_cameras: bool = False
) -> PageFigures:
    """Open the board in a browser, draw on it, and see it drawn on from another page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        artist = enter(browser, server, "artist", has_camera=has_cameras)
        page_ms, shown_ms = artist.evaluate(f"window.whole({strokes})")
        artist.wait_for_timeout(1_000)
        frames_per_s, longest_ms = artist.evaluate(_DRAW, seconds)
        watcher = enter(browser, server, "watcher", has_camera=has_cameras)
        watcher.evaluate(f"window.whole({strokes})")
        watcher.wait_for_timeout(1_000)
        with crowd_drawing(server, people, seconds + 4.0) as crowd:
            artist.wait_for_timeout(1_500)
            meter = _Meter(server, browser, (artist, watcher))
            watcher.evaluate("window.watch()")
            watcher.wait_for_timeout(500)  # Its code is compiled by then.
            sent = artist.evaluate(_POINT, seconds)
            artist.wait_for_timeout(500)
            watched = watcher.evaluate("window.watched()")
            taken = meter.read()
        browser.close()
    gaps = watched["gaps"]
    return PageFigures(
        page_ms=page_ms,
        shown_ms=shown_ms,
        frames_per_s=frames_per_s,
        longest_frame_ms=longest_ms,
        pointer_ms=_matched(sent, watched["seen"]),
        watched_frames_per_s=1e3 * len(gaps) / sum(gaps),
        shares=Shares(**taken, crowd=crowd["cpu_s"] / crowd["wall_s"]),
    )


def enter(browser: Browser, server: ServerProcess, name: str, *, has_camera: bool) -> Page:
    """Join through the pages, each in a window of its own: one in the background paints nothing."""
    context = browser.new_context(
        permissions=["camera", "microphone"],
        viewport={"width": 1280, "height": 800},
        bypass_csp=True,
    )
    context.add_init_script(_WATCH)
    preferences = json.dumps({"cameraOn": has_camera})
    context.add_init_script(f"localStorage.setItem('emporion.preferences', '{preferences}')")
    page = context.new_page()
    token = server.token(name, room="board", role="assistant")
    page.goto(f"http://127.0.0.1:{server.port}/#{token}")
    page.get_by_test_id("join-button").wait_for(timeout=WAIT_MS)
    page.get_by_test_id("name-input").fill(name)
    page.wait_for_function("window.emporion?.room.media.offer != null", timeout=WAIT_MS)
    page.get_by_test_id("join-button").click()
    if has_camera:
        sends = "window.emporion.room.outbound('camera')?.isOn === true"
        page.wait_for_function(sends, timeout=WAIT_MS)
    return page


@contextmanager
def crowd_drawing(server: ServerProcess, people: int, seconds: float) -> Iterator[dict[str, Any]]:
    """Let a crowd draw meanwhile; what it says is there after the block."""
    said: dict[str, Any] = {}
    process = subprocess.Popen(
        [sys.executable, CROWD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    wanted = {
        "port": server.port,
        "tokens": [server.token(f"c{n}", room="board", role="assistant") for n in range(people)],
        "seconds": seconds,
        "surface": "page2",
    }
    assert process.stdin is not None
    process.stdin.write(json.dumps(wanted) + "\n")
    process.stdin.flush()
    yield said
    output, _ = process.communicate(timeout=60)
    said.update(json.loads(output))


class _Meter:
    """Says of what is on this machine how much of a core each took since it was made."""

    def __init__(self, server: ServerProcess, browser: Browser, pages: Sequence[Page]) -> None:
        self._server = server
        self._browser = browser.new_browser_cdp_session()
        self._pages = [page.context.new_cdp_session(page) for page in pages]
        for session in self._pages:
            session.send("Performance.enable")
        self._before = self._now()

    def read(self) -> dict[str, Any]:
        before, after = self._before, self._now()
        wall_s = after["wall"] - before["wall"]
        share = {name: (after[name] - before[name]) / wall_s for name in before}
        return {
            "server": share["server"],
            "renderers": share["renderers"],
            "rest_of_browser": share["rest"],
            "main_threads": (share["page0"], share["page1"]),
        }

    def _now(self) -> dict[str, float]:
        processes = self._browser.send("SystemInfo.getProcessInfo")["processInfo"]
        renderers = [p["cpuTime"] for p in processes if p["type"] == "renderer"]
        rest = [p["cpuTime"] for p in processes if p["type"] != "renderer"]
        busy = {f"page{n}": _busy_s(session) for n, session in enumerate(self._pages)}
        return {
            "wall": time.perf_counter(),
            "server": self._server.cpu_s(),
            "renderers": sum(renderers),
            "rest": sum(rest),
            **busy,
        }


def _busy_s(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def _matched(sent: list[list[float]], seen: list[list[float]]) -> tuple[float, ...]:
    """How long after the pointer was at a place the ink went as far.

    The line's round end goes beyond its last point; how much is known when all of it stands.
    """
    assert sent, "no pointer was moved"
    assert seen, "nothing was painted"
    beyond = max(0.0, seen[-1][0] - sent[-1][0])
    found = []
    for x, sent_ms in sent:
        later = [at_ms for at_x, at_ms in seen if at_x - beyond >= x - 1]
        if later:
            found.append(min(later) - sent_ms)
    return tuple(sorted(found))
