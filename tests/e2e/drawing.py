"""Hands and eyes for drawing in a real page."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from e2e.guest import WAIT_MS, Guest
from playwright.sync_api import Locator, expect

Place = tuple[float, float]  # Shares of the surface's width and height.

_INK = """(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) inked += 1;
  return inked;
}"""

_COLOUR = """(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(
  Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data]"""
# Ink is dark, paper is white, and beside the paper it is clear.
_THICKNESS = """(canvas, share) => {
  const { height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(
    Math.round(share * canvas.width), 0, 1, height);
  let dark = 0;
  for (let y = 0; y < height; y += 1) if (data[4 * y + 3] > 0 && data[4 * y] < 160) dark += 1;
  return dark;
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

    def press_pen(self, *places: Place, forces: Sequence[float]) -> None:
        """Draw with a pen, at each place pressed with that force (0 to 1)."""
        with self._devices() as send:
            kinds = ("mousePressed", *["mouseMoved"] * (len(places) - 1), "mouseReleased")
            for kind, place, force in zip(kinds, (*places, places[-1]), (*forces, 0), strict=True):
                x, y = self._pixel(place)
                at = {"x": x, "y": y, "force": force, "pointerType": "pen"}
                button = {"button": "left", "buttons": 1, "clickCount": 1}
                send("Input.dispatchMouseEvent", {"type": kind, **at, **button})

    def touch(self, *fingers: tuple[Place, Place], steps: int = 6) -> None:
        """Lay fingers down, move each from one place to another, and lift them."""

        def points(share: float) -> list[dict[str, float]]:
            places = [
                (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in fingers
            ]
            pixels = [self._pixel(place) for place in places]
            return [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(pixels)]

        with self._devices() as send:
            send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
            for count in range(1, len(fingers) + 1):
                down = {"type": "touchStart", "touchPoints": points(0)[:count]}
                send("Input.dispatchTouchEvent", down)
            for step in range(1, steps + 1):
                move = {"type": "touchMove", "touchPoints": points(step / steps)}
                send("Input.dispatchTouchEvent", move)
            send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    @contextmanager
    def _devices(self) -> Iterator[Callable[[str, dict[str, Any]], object]]:
        """The browser's own input, below the page: what no page can tell from a real hand.

        Any: each method of the DevTools protocol has fields of its own.
        """
        session = self.guest.context.new_cdp_session(self.guest.page)
        yield session.send
        session.detach()

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

    def thickness(self, share: float) -> int:
        """How many pixels of ink stand above each other at a place, from the left."""
        canvas = self.surface.locator(".surface-standing")
        dark: int = canvas.evaluate(_THICKNESS, share)
        return dark

    def colour(self, place: Place) -> tuple[int, int, int]:
        """What stands at a place."""
        red, green, blue, _ = self.surface.locator(".surface-standing").evaluate(_COLOUR, place)
        return red, green, blue

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
