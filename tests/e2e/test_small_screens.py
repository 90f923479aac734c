"""The smallest phones, upright and on their side: all fits, and a thumb hits it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e.conftest import node_link
from e2e.guest import WAIT_MS, Guest
from e2e.running_node import RunningNode
from e2e.screens import furnish, walk_room
from e2e.small_screen import find_misfits
from playwright.sync_api import Browser, ViewportSize, expect

from emporion.engine.grants import RoleName

pytestmark = pytest.mark.browser

UPRIGHT: ViewportSize = {"width": 360, "height": 640}
ON_ITS_SIDE: ViewportSize = {"width": 640, "height": 360}
Arrive = Callable[[str, RoleName], Guest]


@pytest.fixture(params=[UPRIGHT, ON_ITS_SIDE], ids=["upright", "on-its-side"])
def arrive(
    request: pytest.FixtureRequest, node: RunningNode, chromium: Browser
) -> Iterator[Arrive]:
    """Bring somebody with a phone to the join page of a class."""
    guests: list[Guest] = []

    def arrive(name: str, role: RoleName) -> Guest:
        context = chromium.new_context(
            permissions=["camera", "microphone"],
            locale="zh-CN" if role == "host" else "en-US",
            viewport=request.param,
            is_mobile=True,
            has_touch=True,
            reduced_motion="reduce",
        )
        guest = Guest(context, name)
        guests.append(guest)
        guest.open(node_link(node, name, role, "class", None))
        return guest

    yield arrive
    for guest in guests:
        guest.context.close()


def test_all_fits_and_a_thumb_hits_it(arrive: Arrive, tmp_path: Path) -> None:
    """Pictures of all screens are in `tmp_path`."""
    found: list[str] = []

    def look(guest: Guest, screen: str) -> None:
        guest.page.screenshot(path=tmp_path / f"{guest.name}-{screen}.png")
        found.extend(f"{guest.name}, {screen}: {line}" for line in find_misfits(guest.page))

    teacher, merchant = arrive("Teacher", "host"), arrive("Merchant", "merchant")
    look(merchant, "join")
    for guest in (teacher, merchant):
        guest.join()
    furnish(teacher, merchant)
    for guest in (teacher, merchant):
        for screen in walk_room(guest):
            look(guest, screen)
    teacher.press("leave-button")
    teacher.press("end-for-all")
    expect(merchant.page.get_by_test_id("goodbye")).to_be_visible(timeout=WAIT_MS)
    look(merchant, "goodbye")
    assert not found, "\n".join(found)
