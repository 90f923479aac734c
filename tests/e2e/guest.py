"""A person at a page in a real browser: what one can do there, and what is really received."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

WAIT_MS = 15_000

_INBOUND = """async () => {
  const report = await window.emporion.pc.getStats();
  return [...report.values()].filter((s) => s.type === 'inbound-rtp').map((s) => ({
    kind: s.kind, mid: s.mid, packets: s.packetsReceived, energy: s.totalAudioEnergy ?? 0,
    framesDecoded: s.framesDecoded ?? 0, width: s.frameWidth ?? 0,
  }));
}"""

# As if it had been switched off before: encoders of pictures that a test is not about take most of
# the processor.
_CAMERA_OFF = """
if (localStorage.getItem('emporion.preferences') === null) {
  localStorage.setItem('emporion.preferences', '{"cameraOn":false}');
}
"""


class Guest:
    """One browser context with the page of one participant."""

    def __init__(self, context: BrowserContext, name: str, *, has_camera: bool = True) -> None:
        self.context = context
        if not has_camera:
            context.add_init_script(_CAMERA_OFF)
        self.name = name
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, url: str) -> None:
        """Open a link and wait for the join page."""
        self.page.goto(url)
        expect(self.page.get_by_test_id("join-button")).to_be_enabled(timeout=WAIT_MS)

    def join(self) -> None:
        """Enter the name and the room, with camera and microphone as the page has them."""
        field = self.page.get_by_test_id("name-input")
        if field.count():
            field.fill(self.name)
        self.page.get_by_test_id("join-button").click()
        expect(self.page.get_by_test_id("leave-button")).to_be_visible(timeout=WAIT_MS)

    def tile_of(self, name: str, source: str = "camera") -> Locator:
        """The tile that shows somebody's source."""
        tiles = self.page.get_by_test_id("tile")
        return tiles.and_(self.page.locator(f"[data-source='{source}']")).filter(has_text=name)

    def expect_picture(self, name: str, source: str = "camera") -> None:
        """Wait until somebody's tile shows a picture that is decoded."""
        picture = self.tile_of(name, source).locator("[data-covered='false']")
        expect(picture).to_be_visible(timeout=WAIT_MS)

    def expect_no_picture(self, name: str) -> None:
        covered = self.tile_of(name).locator("[data-covered='true']")
        expect(covered).to_be_visible(timeout=WAIT_MS)

    def wait_widest(self, width_px: int) -> None:
        """Wait until some slot decodes pictures at least this wide."""
        self._wait(lambda: self._widest() >= width_px)

    def wait_narrower(self, width_px: int) -> None:
        """Wait until all slots decode pictures narrower than this."""
        self._wait(lambda: self._widest() < width_px)

    def _widest(self) -> float:
        return max((row["width"] for row in self.inbound("video")), default=0)

    def press(self, test_id: str) -> None:
        self.page.get_by_test_id(test_id).click()

    def inbound(self, kind: str) -> list[dict[str, float]]:
        """What the receive slots of a kind have received (W3C webrtc-stats)."""
        rows = self.page.evaluate(_INBOUND)
        return [row for row in rows if row["kind"] == kind]

    def total(self, kind: str, counter: str) -> float:
        return sum(row[counter] for row in self.inbound(kind))

    def wait_rising(self, kind: str, counter: str, by: float) -> None:
        """Wait until a counter has risen by so much from now on."""
        start = self.total(kind, counter)
        self._wait(lambda: self.total(kind, counter) >= start + by)

    def rise(self, kind: str, counter: str, in_ms: int) -> float:
        """How much a counter rises in a time."""
        return self.rises([(kind, counter)], in_ms)[0]

    def rises(self, counters: list[tuple[str, str]], in_ms: int) -> list[float]:
        """How much some counters rise in the same time."""
        starts = [self.total(*counter) for counter in counters]
        self.page.wait_for_timeout(in_ms)
        ends = [self.total(*counter) for counter in counters]
        return [end - start for start, end in zip(starts, ends, strict=True)]

    def say(self, text: str) -> None:
        """Write into the chat, opening it if need be."""
        self.open_chat()
        self.page.get_by_test_id("chat-input").fill(text)
        self.page.get_by_test_id("chat-send").click()

    def open_chat(self) -> None:
        if not self.page.get_by_test_id("chat-input").is_visible():
            self.press("chat-button")

    def expect_message(self, text: str) -> None:
        self.open_chat()
        messages = self.page.get_by_test_id("chat-message").filter(has_text=text)
        expect(messages).to_have_count(1, timeout=WAIT_MS)

    def _wait(self, is_so: Callable[[], bool]) -> None:
        waited_ms = 0
        while not is_so():
            assert waited_ms < WAIT_MS, f"{self.name} still receives {self.inbound('video')}"
            self.page.wait_for_timeout(100)
            waited_ms += 100
