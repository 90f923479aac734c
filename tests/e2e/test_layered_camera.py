"""A camera in one stream whose layers build on each other (VP9 SVC): each viewer gets its own part.

Who views a small tile gets the lower layer of the same stream, at once; who views it large gets the
upper one from the next key frame on, and neither disturbs the other. Firefox knows no layers, but
decodes them.
"""

from time import monotonic
from typing import Any

import pytest
from e2e.conftest import Enter
from e2e.guest import Guest
from playwright.sync_api import ViewportSize

pytestmark = pytest.mark.browser

SMALL: ViewportSize = {"width": 360, "height": 500}
LARGE: ViewportSize = {"width": 1280, "height": 800}

_VIDEO = """async (type) => {
  const report = await window.emporion.pc.getStats();
  const streams = [...report.values()].filter((s) => s.type === type && s.kind === 'video');
  return streams.filter((s) => report.get(s.codecId)?.mimeType === 'video/VP9').map((s) => ({
    mode: s.scalabilityMode, bytes: s.bytesReceived, frames: s.framesDecoded, width: s.frameWidth,
  }));
}"""


def video(guest: Guest, direction: str) -> dict[str, Any]:
    """The one stream of VP9 that flows, the teacher's camera (W3C webrtc-stats)."""
    (stream,) = guest.page.evaluate(_VIDEO, f"{direction}-rtp")
    assert isinstance(stream, dict)
    return stream


def layers_sent(guest: Guest) -> tuple[str, int]:
    stream = video(guest, "outbound")
    return stream["mode"], stream["width"]


def wait_layers_sent(guest: Guest, expected: tuple[str, int], *, in_s: float) -> None:
    deadline_s = monotonic() + in_s
    while layers_sent(guest) != expected:
        assert monotonic() < deadline_s, layers_sent(guest)
        guest.page.wait_for_timeout(50)


def test_each_viewer_gets_its_layers_of_one_stream(enter: Enter) -> None:
    teacher = enter("Teacher", "host", query="?camera=svc")
    near = enter("Near")
    near.wait_widest(640)
    far = enter("Far")
    far.page.set_viewport_size(SMALL)
    far.wait_narrower(640)
    far.wait_rising("video", "framesDecoded", 20)
    near.wait_widest(640)

    wait_layers_sent(teacher, ("L2T3_KEY", 640), in_s=15)  # The third is watched by nobody.
    before = {viewer: video(viewer, "inbound") for viewer in (near, far)}
    near.page.wait_for_timeout(3000)
    after = {viewer: video(viewer, "inbound") for viewer in (near, far)}
    spent = {viewer: after[viewer]["bytes"] - before[viewer]["bytes"] for viewer in after}
    shown = {viewer: after[viewer]["frames"] - before[viewer]["frames"] for viewer in after}
    assert (after[near]["width"], after[far]["width"]) == (640, 320)
    assert spent[far] < 0.7 * spent[near], "the upper layer is not sent to everybody"
    assert min(shown.values()) > 30, shown

    far.page.set_viewport_size(LARGE)
    far.wait_widest(640)
    far.wait_rising("video", "framesDecoded", 20)
    assert near.rise("video", "framesDecoded", in_ms=1000) > 5


def test_layers_that_nobody_watches_are_not_sent(enter: Enter) -> None:
    teacher = enter("Teacher", "host", query="?camera=svc")
    viewer = enter("Viewer")
    viewer.wait_widest(640)
    viewer.page.set_viewport_size(SMALL)
    wait_layers_sent(teacher, ("L1T3", 320), in_s=15)
    viewer.wait_narrower(640)
    viewer.wait_rising("video", "framesDecoded", 20)

    viewer.page.set_viewport_size(LARGE)
    wait_layers_sent(teacher, ("L3T3_KEY", 1280), in_s=15)
    viewer.wait_widest(1280)
    viewer.wait_rising("video", "framesDecoded", 20)
