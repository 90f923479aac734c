"""Hands and eyes for drawing in a real page."""

import time
from collections.abc import Sequence

from e2e.guest import WAIT_MS, Guest
from playwright.sync_api import Locator, expect

Place = tuple[float, float]  # Shares of the surface's width and height.

_INK = """(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) inked += 1;
  return inked;
}"""


class Sheet:
    """A surface as one guest has it before him."""

    def __init__(self, guest: Guest, within: str = "") -> None:
        self.guest = guest
        self.surface: Locator = guest.page.locator(f"{within} [data-testid='surface']").first

    def expect_items(self, count: int) -> None:
        expect(self.surface).to_have_attribute("data-items", str(count), timeout=WAIT_MS)

    def choose(self, tool: str) -> None:
        self.guest.press(f"tool-{tool}")

    def drag(self, *places: Place, steps: int = 8) -> None:
        """Draw from place to place."""
        self.press(*places, steps=steps)
        self.guest.page.mouse.up()

    def press(self, *places: Place, steps: int = 8) -> None:
        """Begin to draw, and do not let go."""
        mouse = self.guest.page.mouse
        points = [self._pixel(place) for place in places]
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point, steps=steps)

    def click(self, place: Place) -> None:
        self.guest.page.mouse.click(*self._pixel(place))

    def write(self, tool: str, place: Place, text: str) -> None:
        self.choose(tool)
        self.click(place)
        field = self.guest.page.get_by_test_id("writing-field")
        expect(field).to_be_focused(timeout=WAIT_MS)
        field.fill(text)
        field.press("Control+Enter")
        expect(field).to_have_count(0)

    def inked(self, layer: str = "standing") -> int:
        """How many pixels of a canvas are not clear."""
        inked: int = self.surface.locator(f".surface-{layer}").evaluate(_INK)
        return inked

    def wait_inked(self, layer: str, *, at_least: int = 0, at_most: int = 10**9) -> None:
        end_s = time.monotonic() + WAIT_MS / 1000
        while not at_least <= (inked := self.inked(layer)) <= at_most:
            assert time.monotonic() < end_s, f"{self.guest.name} has {inked} pixels of {layer}"
            self.guest.page.wait_for_timeout(50)

    def picture(self) -> str:
        """What stands on the surface, to be compared with another page of the same size."""
        self.guest.page.wait_for_timeout(300)
        picture: str = self.surface.locator(".surface-standing").evaluate("(c) => c.toDataURL()")
        return picture

    def _pixel(self, place: Place) -> tuple[float, float]:
        box = self.surface.bounding_box()
        assert box is not None
        return box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]


def expect_same(sheets: Sequence[Sheet]) -> None:
    """Wait until all show the same, pixel by pixel."""
    end_s = time.monotonic() + WAIT_MS / 1000
    while len({sheet.picture() for sheet in sheets}) > 1:
        assert time.monotonic() < end_s, "the pages do not show the same"
