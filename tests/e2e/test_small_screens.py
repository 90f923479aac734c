"""The smallest phones, upright and on their side: all fits, and a thumb hits it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from e2e.conftest import node_link
from e2e.guest import WAIT_MS, Guest
from e2e.panels import press_control
from e2e.running_node import RunningNode
from e2e.scenes.door import expect_inside, keep_waiting, knock
from e2e.scenes.showing import SCREEN, end_share, open_board, show_slides
from e2e.screens import furnish, walk_room
from e2e.small_screen import find_covers, find_misfits
from e2e.test_courseware import expect_page
from playwright.sync_api import Browser, ViewportSize, expect

from emporion.engine.grants import RoleName

pytestmark = pytest.mark.browser

UPRIGHT: Final[ViewportSize] = {"width": 360, "height": 640}
ON_ITS_SIDE: Final[ViewportSize] = {"width": 640, "height": 360}
TURN_MS: Final = 150  # The stage is laid out anew, and is told so once it has come to rest.
BUSY_TURN_MS: Final = 600  # On a busy machine.


class Phones:
    """People with small phones, who turn them at each screen; `found` grows."""

    def __init__(self, node: RunningNode, chromium: Browser, pictures: Path) -> None:
        self._node, self._chromium, self._pictures = node, chromium, pictures
        self._guests: list[Guest] = []
        self.found: list[str] = []

    def arrive(self, name: str, role: RoleName, template: str) -> Guest:
        """Bring somebody to the join page."""
        context = self._chromium.new_context(
            permissions=["camera", "microphone"],
            locale="zh-CN" if role == "host" else "en-US",
            viewport=UPRIGHT,
            is_mobile=True,
            has_touch=True,
            reduced_motion="reduce",
        )
        guest = Guest(context, name, has_camera=role == "host")
        self._guests.append(guest)
        guest.open(node_link(self._node, name, role, template, None))
        return guest

    def look(self, guest: Guest, screen: str) -> None:
        """Measure a screen both ways, and keep a picture where something is found."""
        for way, size in (("on-its-side", ON_ITS_SIDE), ("upright", UPRIGHT)):
            guest.page.set_viewport_size(size)
            found = self._measure(guest, TURN_MS) and self._measure(guest, BUSY_TURN_MS)
            if found:
                guest.page.screenshot(path=self._pictures / f"{guest.name}-{screen}-{way}.png")
            self.found += [f"{guest.name}, {screen}, {way}: {line}" for line in found]

    def _measure(self, guest: Guest, after_ms: int) -> list[str]:
        guest.page.wait_for_timeout(after_ms)
        return find_misfits(guest.page) + find_covers(guest.page)

    def close(self) -> None:
        for guest in self._guests:
            guest.context.close()


@pytest.fixture
def phones(node: RunningNode, chromium: Browser, tmp_path: Path) -> Iterator[Phones]:
    """Pictures of screens that do not fit are in `tmp_path`."""
    phones = Phones(node, chromium, tmp_path)
    yield phones
    phones.close()


@pytest.mark.parametrize("template", ["guidance", "class", "briefing"])
def test_all_fits_and_a_thumb_hits_it(phones: Phones, template: str) -> None:
    teacher = phones.arrive("Teacher", "host", template)
    merchant = phones.arrive("Merchant", "merchant", template)
    phones.look(merchant, "join")
    for guest in (teacher, merchant):
        guest.join()
    furnish(teacher, merchant)
    for guest in (teacher, merchant):
        for screen in walk_room(guest):
            phones.look(guest, screen)
    teacher.press("leave-button")
    teacher.press("end-for-all")
    expect(merchant.page.get_by_test_id("goodbye")).to_be_visible(timeout=WAIT_MS)
    phones.look(merchant, "goodbye")
    assert not phones.found, "\n".join(phones.found)


def test_what_stands_large_fits(phones: Phones, tmp_path: Path) -> None:
    """The door, slides, the board, a shared screen, and a full room."""
    teacher = phones.arrive("Teacher", "host", "guidance")
    teacher.join()
    keep_waiting(teacher)
    merchant, third = (
        phones.arrive(name, "merchant", "guidance") for name in ("Merchant", "Third")
    )
    knock(merchant)
    phones.look(merchant, "door")
    phones.look(teacher, "knock")
    teacher.press("knock-admit")
    expect_inside(merchant)
    keep_waiting(teacher, is_on=False)
    third.press("join-button")
    expect(third.page.locator("[data-code='room.full']")).to_be_visible(timeout=WAIT_MS)
    phones.look(third, "full")
    third.press("door-leave")

    def look_both(screen: str) -> None:
        for guest in (teacher, merchant):
            phones.look(guest, screen)

    press_control(merchant, "screen-button")
    teacher.expect_picture("Merchant", source="screen_share")
    look_both("share")
    pen = teacher.page.locator(SCREEN).get_by_test_id("annotate-button")
    pen.click()
    phones.look(teacher, "share drawn on")
    pen.click()
    open_board(teacher)
    look_both("board over share")
    end_share(merchant, teacher)
    for guest in (teacher, merchant):
        guest.press("page-list-button")
    look_both("board with its pages")
    press_control(teacher, "board-button")
    show_slides(teacher, tmp_path, pages=3)
    expect_page(merchant, 1)
    look_both("slides")
    teacher.page.get_by_test_id("courseware-stage").get_by_test_id("annotate-button").click()
    phones.look(teacher, "slides drawn on")
    assert not phones.found, "\n".join(phones.found)
