"""From the click on Join to the first remote picture, in real Chromium through our own pages.

    python tests/bench/bench_first_frame.py [--joins 20] [--template class] [--after 60]

The server is `emporion serve`; a teacher in one Chromium publishes camera and microphone, and
merchants join from another one after the other, each in a fresh context, with their own camera and
microphone on. Socket and media are opened before the click, as the page does it while people look
at their preview: answer and connection have negative times. The clock starts at the click's own
timestamp and stops when `requestVideoFrameCallback` reports the first frame on
the element of a receive slot; `uncovered` is when its tile shows it. With `--after` the room has
run for so long before the first join, and joins are apart by up to twelve seconds at random: it
says how many had a picture within 150 ms of frames that were kept, without a new key frame.
"""

import argparse
import platform
import random
import re
import socket
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.server_process import ServerProcess, serving
from e2e.conftest import CHROMIUM, FLAGS
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from emporion.engine.grants import RoleName

WAIT_MS = 20_000
REST_MS = 200  # Of the pointer on the button.
GAP_MS = 700  # Between joins: a publisher is asked for a key frame at most twice a second.
LONG_GAP_MS = 12_000  # More than kept frames last.
SOON_MS = 150.0

# Only the elements of receive slots are followed frame by frame, so the first call is theirs.
_PROBE = """
(() => {
  const times = (window.times = {});
  const note = (name, at) => { times[name] ??= at ?? performance.now(); };
  addEventListener('click', (event) => note('click', event.timeStamp), { capture: true });
  const video = HTMLVideoElement.prototype;
  const follow = video.requestVideoFrameCallback;
  video.requestVideoFrameCallback = function (told) {
    return follow.call(this, (now, metadata) => { note('frame'); told(now, metadata); });
  };
  const peer = RTCPeerConnection.prototype;
  const accept = peer.setRemoteDescription;
  peer.setRemoteDescription = function (...given) {
    note('answer');
    this.addEventListener('connectionstatechange', () => {
      if (this.connectionState === 'connected') note('connected');
    });
    return accept.apply(this, given);
  };
  new MutationObserver(() => {
    if (document.querySelector("[data-self='false'] [data-covered='false']")) note('uncovered');
  }).observe(document, { subtree: true, childList: true, attributes: true });
})()
"""


@dataclass(frozen=True, slots=True)
class Join:
    """Milliseconds after the click."""

    answer_ms: float
    connected_ms: float
    frame_ms: float
    uncovered_ms: float
    is_replayed: bool  # The picture began with frames that the server had kept.

    @property
    def is_soon(self) -> bool:
        return self.frame_ms - max(0.0, self.connected_ms) <= SOON_MS


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A room on a server. The template says how many slots the pages offer: 2, 12 or 4."""

    server: ServerProcess
    template: str
    metrics_port: int

    def replays(self) -> int:
        """How often a slot has begun with kept frames so far."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics") as answer:
            found = re.search(rb"^emporion_forward_replays_total (\S+)", answer.read(), re.M)
        assert found
        return round(float(found[1]))

    def link(self, name: str, role: RoleName) -> str:
        token = self.server.token(name, room="lesson", role=role, template=self.template)
        return f"http://127.0.0.1:{self.server.port}/#{token}"


def open_page(browser: Browser, lesson: Lesson, name: str, role: RoleName) -> Page:
    """A fresh context on the join page, devices on, the offer made."""
    # Playwright's `wait_for_function` needs `eval`, which our pages forbid.
    context = browser.new_context(
        permissions=["camera", "microphone"], locale="en-US", bypass_csp=True
    )
    context.add_init_script(_PROBE)
    page = context.new_page()
    page.goto(lesson.link(name, role))
    page.get_by_test_id("join-button").wait_for(timeout=WAIT_MS)
    page.get_by_test_id("name-input").fill(name)
    page.wait_for_function("window.emporion?.room.media.offer != null", timeout=WAIT_MS)
    page.wait_for_function("document.querySelector('video')?.videoWidth > 0", timeout=WAIT_MS)
    return page


def click_join(page: Page) -> None:
    button = page.get_by_test_id("join-button")
    button.hover()
    page.wait_for_timeout(REST_MS)
    button.click()


def measure_join(browser: Browser, lesson: Lesson, name: str, gap_ms: float) -> Join:
    """Join once and leave."""
    page = open_page(browser, lesson, name, "merchant")
    page.wait_for_timeout(gap_ms)
    replays = lesson.replays()
    click_join(page)
    page.wait_for_function("window.times.uncovered && window.times.frame", timeout=WAIT_MS)
    times: dict[str, Any] = page.evaluate("window.times")
    join = _join(times, is_replayed=lesson.replays() > replays)
    page.get_by_test_id("leave-button").click()
    page.context.close()
    return join


def _join(times: dict[str, Any], *, is_replayed: bool) -> Join:
    begin_ms = times["click"]
    return Join(
        answer_ms=times["answer"] - begin_ms,
        connected_ms=times["connected"] - begin_ms,
        frame_ms=times["frame"] - begin_ms,
        uncovered_ms=times["uncovered"] - begin_ms,
        is_replayed=is_replayed,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def run(
    joins: int, *, warm_ups: int = 1, template: str = "class", after_s: float = 0.0
) -> list[Join]:
    """Measure; the first `warm_ups` joins, with a browser that is new, are not returned."""
    gaps = random.Random(1)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        metrics_port = free_port()
        settings = {"EMPORION_METRICS__PORT": str(metrics_port)}
        server = stack.enter_context(serving(Path(folder), settings))
        lesson = Lesson(server, template, metrics_port)
        playwright = stack.enter_context(sync_playwright())
        publishing, viewing = launch(playwright), launch(playwright)
        stack.callback(viewing.close)
        stack.callback(publishing.close)
        teacher = open_page(publishing, lesson, "teacher", "host")
        click_join(teacher)
        teacher.get_by_test_id("leave-button").wait_for(timeout=WAIT_MS)
        teacher.wait_for_timeout(1000 + after_s * 1000)
        measured = [
            measure_join(
                viewing, lesson, f"m{number}", gaps.uniform(0, LONG_GAP_MS) if after_s else GAP_MS
            )
            for number in range(warm_ups + joins)
        ]
        return measured[warm_ups:]


def main() -> None:
    """Print the figures with what is needed to repeat them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--joins", type=int, default=20)
    parser.add_argument("--template", default="class", choices=("guidance", "class", "briefing"))
    parser.add_argument("--after", type=float, default=0.0, help="seconds that the room has run")
    options = parser.parse_args()
    joins = run(options.joins, template=options.template, after_s=options.after)
    print(f"command: {' '.join(sys.argv)}")
    print(f"Python {platform.python_version()}, Chromium at {CHROMIUM}, {platform.platform()}")
    for name, values in (
        ("answer", [join.answer_ms for join in joins]),
        ("connected", [join.connected_ms for join in joins]),
        ("first frame", [join.frame_ms for join in joins]),
        ("uncovered", [join.uncovered_ms for join in joins]),
    ):
        print(
            f"{name:12} median {median(values):6.1f} ms, {min(values):6.1f} to"
            f" {max(values):6.1f} ms after the click ({len(values)} joins)"
        )
    soon = sum(join.is_soon and join.is_replayed for join in joins)
    kept = sum(join.is_replayed for join in joins)
    print(f"first picture of kept frames: {kept} of {len(joins)}, within {SOON_MS:.0f} ms: {soon}")


if __name__ == "__main__":
    main()
