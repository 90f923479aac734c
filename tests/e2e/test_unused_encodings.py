"""An encoding that nobody wants costs its publisher nothing, and is there soon when it is wanted.

The lowest one always flows: whoever comes begins with it. Who views a small tile wants no more, so
after a while (`KEEP_UNWATCHED_S`) the publisher's encoder makes no other. The test is about the
middle one: whether the fake camera is large enough for the highest is the browser's choice.
"""

import time
from collections.abc import Callable

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from playwright.sync_api import ViewportSize

pytestmark = pytest.mark.browser

SMALL: ViewportSize = {"width": 360, "height": 500}
LARGE: ViewportSize = {"width": 1280, "height": 800}
BACK_S = 1.0
TRIES = 3  # It takes 0.3 s, but two browsers and the node share what cores there are.
STANDS_MS = 1500

_FRAMES_SENT = """async () => {
  const report = await window.emporion.pc.getStats();
  const sent = [...report.values()].filter((s) => s.type === 'outbound-rtp' && s.rid);
  const camera = sent.filter((s) => s.mid === sent.find((one) => one.rid === 'm')?.mid);
  return Object.fromEntries(camera.map((s) => [s.rid, s.framesSent ?? 0]));
}"""


def frames_sent(publisher: Guest) -> dict[str, int]:
    """Frames of each encoding of the camera so far, by rid; only the camera has a middle one."""
    sent: dict[str, int] = publisher.page.evaluate(_FRAMES_SENT)
    return sent


def wait_standing(publisher: Guest, rid: str) -> None:
    """Wait until an encoding sends nothing for a while, and see that the lowest goes on."""
    deadline_s = time.monotonic() + WAIT_MS / 1000
    while True:
        before = frames_sent(publisher)
        publisher.page.wait_for_timeout(STANDS_MS)
        after = frames_sent(publisher)
        if before[rid] == after[rid]:
            assert after["l"] > before["l"], "the lowest encoding always flows"
            return
        assert time.monotonic() < deadline_s, f"{rid} still flows: {before}, {after}"


def seconds_until_sent(publisher: Guest, rid: str, want: Callable[[], None]) -> float:
    """How long it takes from the wish for an encoding until its first frame is sent."""
    before, start_s = frames_sent(publisher)[rid], time.monotonic()
    want()
    while frames_sent(publisher)[rid] == before:
        assert time.monotonic() < start_s + WAIT_MS / 1000, f"{rid} never came back"
        publisher.page.wait_for_timeout(20)
    return time.monotonic() - start_s


def test_an_encoding_that_nobody_wants_stops_and_comes_back(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    merchant.wait_widest(640)
    assert frames_sent(teacher)["m"] > 0

    backs_s: list[float] = []
    while min(backs_s, default=BACK_S + 1) > BACK_S and len(backs_s) < TRIES:
        merchant.page.set_viewport_size(SMALL)
        wait_standing(teacher, "m")
        assert merchant.rise("video", "framesDecoded", in_ms=1000) > 5, "the picture goes on"
        backs_s.append(
            seconds_until_sent(teacher, "m", lambda: merchant.page.set_viewport_size(LARGE))
        )
    assert min(backs_s) <= BACK_S, backs_s
    merchant.wait_widest(640)
