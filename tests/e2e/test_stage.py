"""What stands large, what lies over what, and who finds no place: a class on desktop and phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e.conftest import Enter, node_link
from e2e.guest import WAIT_MS, Guest
from e2e.panels import open_panel, press_control
from e2e.running_node import RunningNode
from e2e.scenes.showing import SCREEN, open_board, show_slides
from e2e.test_courseware import expect_page, show
from playwright.sync_api import Browser, Locator, expect

from emporion.engine.grants import RoleName

pytestmark = pytest.mark.browser

ArriveOnPhone = Callable[..., Guest]


@pytest.fixture
def arrive_on_phone(node: RunningNode, chromium: Browser) -> Iterator[ArriveOnPhone]:
    """Bring somebody with a phone to the join page."""
    guests: list[Guest] = []

    def arrive(name: str, role: RoleName = "merchant", *, template: str = "class") -> Guest:
        context = chromium.new_context(
            permissions=["camera", "microphone"],
            locale="en-US",
            viewport={"width": 360, "height": 640},
            has_touch=True,
            is_mobile=True,
        )
        guest = Guest(context, name, has_camera=role == "host")
        guests.append(guest)
        guest.open(node_link(node, name, role, template, None))
        return guest

    yield arrive
    for guest in guests:
        guest.context.close()
    assert [error for guest in guests for error in guest.errors] == []


def expect_larger(larger: Locator, smaller: Locator) -> None:
    def areas() -> list[float]:
        boxes = [locator.bounding_box() for locator in (larger, smaller)]
        return [box["width"] * box["height"] if box else 0 for box in boxes]

    expect(larger).to_be_visible(timeout=WAIT_MS)
    expect(smaller).to_be_visible(timeout=WAIT_MS)
    for _ in range(WAIT_MS // 100):
        large, small = areas()
        if large > 3 * small:
            return
        larger.page.wait_for_timeout(100)
    raise AssertionError(f"{areas()} square pixels")


@pytest.mark.no_cameras
def test_what_is_begun_last_takes_the_stage(enter: Enter) -> None:
    """A share that comes over the board stands large for all, late or early; so does the board."""
    teacher, merchant = enter("Teacher", "host"), enter("Merchant")
    open_board(teacher)
    press_control(merchant, "screen-button")
    board, screen = teacher.page.get_by_test_id("stage-thing"), teacher.page.locator(SCREEN)
    expect_larger(screen, board)
    late = enter("Late")
    expect_larger(late.page.locator(SCREEN), late.page.get_by_test_id("stage-thing"))

    late.page.get_by_role("button", name="Show large: Whiteboard").click()
    expect_larger(late.page.get_by_test_id("stage-thing"), late.page.locator(SCREEN))
    expect_larger(screen, board)

    late.tile_of("Merchant", "screen_share").get_by_role("button", name="Pin").click()
    expect_larger(late.page.locator(SCREEN), late.page.get_by_test_id("stage-thing"))
    teacher.page.get_by_role("button", name="Show large to everybody: Whiteboard").click()
    for guest in (teacher, late):
        expect_larger(guest.page.get_by_test_id("stage-thing"), guest.page.locator(SCREEN))


@pytest.mark.no_cameras
def test_who_comes_to_a_full_room_is_let_in_when_somebody_leaves(
    enter: Enter, arrive_on_phone: ArriveOnPhone
) -> None:
    enter("Teacher", "host", template="guidance")
    first = enter("Merchant", template="guidance")
    second = arrive_on_phone("Second", template="guidance")
    third = arrive_on_phone("Third", template="guidance")
    for guest in (second, third):
        guest.press("join-button")
        door = guest.page.get_by_test_id("door-page")
        expect(door).to_have_attribute("data-code", "room.full", timeout=WAIT_MS)
        expect(door).to_contain_text("2 of 2 places are taken")
    expect(third.page.get_by_test_id("door-page")).to_contain_text("1 before you")
    third.press("door-leave")
    expect(third.page.get_by_test_id("goodbye")).to_be_visible(timeout=WAIT_MS)

    first.press("leave-button")
    first.press("leave-confirm")
    expect(second.page.get_by_test_id("leave-button")).to_be_visible(timeout=WAIT_MS)


def test_on_a_phone_a_panel_covers_no_banner_and_gives_way_to_what_it_shows(
    enter: Enter, arrive_on_phone: ArriveOnPhone, tmp_path: Path
) -> None:
    teacher = arrive_on_phone("Teacher", "host")
    teacher.join()
    merchant = enter("Merchant")
    show_slides(teacher, tmp_path, pages=3)
    expect(teacher.page.get_by_test_id("courseware-panel")).to_have_count(0)
    expect_page(merchant, 1)
    open_panel(teacher, "courseware")
    show(teacher, "Listing a product")
    expect(teacher.page.get_by_test_id("courseware-panel")).to_have_count(0)

    open_panel(teacher, "chat")
    teacher.page.evaluate("window.emporion.room.loseSocket()")
    banner = teacher.page.get_by_test_id("reconnect-banner")
    expect(banner).to_be_visible(timeout=WAIT_MS)
    is_on_top = """(element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    }"""
    assert banner.evaluate(is_on_top)
