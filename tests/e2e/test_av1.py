"""Pictures in AV1 (`?codec=av1`): encodings as with VP8, temporal layers read from the OBU headers.

The dependency descriptor is not negotiated: whoever gets one trusts it alone, and here every viewer
gets another part of the stream.
"""

import pytest
from e2e.conftest import Enter
from e2e.guest import Guest
from playwright.sync_api import ViewportSize

pytestmark = pytest.mark.browser

SMALL: ViewportSize = {"width": 360, "height": 500}

_CODECS = """async (kind) => {
  const report = await window.emporion.pc.getStats();
  const flowing = [...report.values()].filter((s) => s.type === kind && s.kind === 'video'
    && (s.framesDecoded ?? s.framesSent) > 0);
  return [...new Set(flowing.map((s) => report.get(s.codecId)?.mimeType))].sort();
}"""


def codecs(guest: Guest, kind: str) -> list[str]:
    """Of all pictures that flow (W3C webrtc-stats)."""
    found: list[str] = guest.page.evaluate(_CODECS, kind)
    return found


def frames_in(guest: Guest, ms: int) -> float:
    return guest.rise("video", "framesDecoded", in_ms=ms)


def test_a_camera_in_av1_reaches_each_viewer_as_its_link_and_tile_want(enter: Enter) -> None:
    teacher = enter("Teacher", "host", query="?codec=av1")
    near = enter("Near")
    near.wait_widest(640)
    assert codecs(teacher, "outbound-rtp") == ["video/AV1"]

    far = enter("Far")
    far.page.set_viewport_size(SMALL)
    far.wait_narrower(640)
    far.wait_rising("video", "framesDecoded", 20)
    assert "video/AV1" in codecs(far, "inbound-rtp")
