"""Pictures in AV1 (`?codec=av1`): encodings as with VP8, temporal layers read from the OBU headers.

The dependency descriptor is not negotiated: whoever gets one trusts it alone, and here every viewer
gets another part of the stream.
"""

from time import monotonic

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from playwright.sync_api import ViewportSize

pytestmark = pytest.mark.browser

SMALL: ViewportSize = {"width": 360, "height": 500}

_FLOWING = """async (type) => {
  const report = await window.emporion.pc.getStats();
  const flowing = [...report.values()].filter((s) => s.type === `${type}-rtp` && s.kind === 'video'
    && (s.framesDecoded ?? s.framesSent) > 0);
  return flowing.map((s) => [report.get(s.codecId)?.mimeType, s.framesDecoded ?? s.framesSent]);
}"""


def flowing(guest: Guest, direction: str) -> list[tuple[str, int]]:
    """Codec, and frames so far, of each picture (W3C webrtc-stats)."""
    found: list[tuple[str, int]] = guest.page.evaluate(_FLOWING, direction)
    return found


def frames_in_2_s(viewer: Guest) -> int:
    """Of what comes in AV1."""

    def decoded() -> int:
        return sum(frames for codec, frames in flowing(viewer, "inbound") if codec == "video/AV1")

    before = decoded()
    viewer.page.wait_for_timeout(2000)
    return decoded() - before


def test_each_viewer_gets_its_encoding_and_its_frames_of_av1(enter: Enter) -> None:
    teacher = enter("Teacher", "host", query="?codec=av1")
    viewer = enter("Viewer")
    viewer.wait_widest(640)
    assert {codec for codec, _ in flowing(teacher, "outbound")} == {"video/AV1"}
    assert {codec for codec, _ in flowing(viewer, "inbound")} == {"video/AV1"}

    viewer.page.set_viewport_size(SMALL)
    viewer.wait_narrower(640)
    all_frames = frames_in_2_s(viewer)
    assert all_frames > 5
    viewer.press("connection-button")
    viewer.press("save-data")
    viewer.page.keyboard.press("Escape")
    # The lowest of three temporal layers is every fourth frame.
    deadline_s = monotonic() + WAIT_MS / 1000
    while not 0 < (frames := frames_in_2_s(viewer)) < 0.5 * all_frames:
        assert monotonic() < deadline_s, f"{frames} frames, {all_frames} before"


@pytest.mark.no_cameras
def test_a_screen_is_shared_in_av1(enter: Enter) -> None:
    teacher = enter("Teacher", "host", query="?codec=av1")
    viewer = enter("Viewer")
    teacher.press("screen-button")
    viewer.expect_picture("Teacher", source="screen_share")
    assert {codec for codec, _ in flowing(viewer, "inbound")} == {"video/AV1"}
