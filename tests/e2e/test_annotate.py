"""Drawing over cameras, screens and pages of documents: in place for all, and gone with them."""

from pathlib import Path

import pytest
from e2e.conftest import Enter
from e2e.drawing import Sheet
from e2e.guest import WAIT_MS, Guest
from e2e.test_courseware import add, expect_page, show
from pictures import pdf
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

SCREEN = "[data-testid='tile'][data-source='screen_share']"
# Where the ink is on a canvas, as shares of the picture.
_PLACE = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
    if (data[4 * (y * width + x) + 3] === 0) continue;
    left = Math.min(left, x); right = Math.max(right, x);
    top = Math.min(top, y); bottom = Math.max(bottom, y);
  }
  return [left / width, top / height, right / width, bottom / height];
}"""


def screen_of(guest: Guest) -> Locator:
    return guest.page.locator(SCREEN)


def place_of_ink(sheet: Sheet) -> list[float]:
    sheet.wait_inked("standing", at_least=50)
    place: list[float] = sheet.surface.locator(".surface-standing").evaluate(_PLACE)
    return place


def test_marks_on_a_shared_screen_are_in_the_same_place_for_all(enter: Enter) -> None:
    merchant, teacher, third = enter("Merchant"), enter("Teacher", "host"), enter("Third")
    merchant.press("screen-button")
    for guest in (teacher, third):
        expect(screen_of(guest).locator("[data-covered='false']")).to_be_visible(timeout=WAIT_MS)
    screen_of(teacher).get_by_test_id("annotate-button").click()
    drawn = Sheet(teacher, SCREEN)
    drawn.drag((0.3, 0.3), (0.7, 0.3), (0.7, 0.6))
    seen = Sheet(third, SCREEN)
    seen.expect_items(1)

    # Another size of the window, a late joiner on a phone's screen, and a reload.
    third.page.set_viewport_size({"width": 700, "height": 820})
    late = enter("Late")
    late.page.set_viewport_size({"width": 390, "height": 844})
    later = Sheet(late, SCREEN)
    later.expect_items(1)
    third.page.reload()
    third.join()
    seen.expect_items(1)
    third.page.wait_for_timeout(500)
    for sheet in (drawn, seen, later):
        assert place_of_ink(sheet) == pytest.approx([0.3, 0.3, 0.7, 0.6], abs=0.03)

    # The picture stands still for all, and moves again.
    teacher.press("tool-more")
    teacher.page.get_by_role("button", name="Freeze the picture").click()
    expect(third.page.locator(".frozen-picture")).to_be_visible(timeout=WAIT_MS)
    teacher.press("tool-more")
    teacher.page.get_by_role("button", name="Let the picture move again").click()
    expect(third.page.locator(".frozen-picture")).to_have_count(0, timeout=WAIT_MS)

    merchant.press("screen-button")
    expect(screen_of(third)).to_have_count(0, timeout=WAIT_MS)
    merchant.press("screen-button")
    expect(screen_of(third).locator("[data-covered='false']")).to_be_visible(timeout=WAIT_MS)
    expect(screen_of(third).get_by_test_id("annotations")).to_have_count(0)


def test_pages_of_a_document_are_drawn_on(enter: Enter, tmp_path: Path) -> None:
    """Drawings stay with their page: while others leaf, for who comes late, after a reload."""
    slides = tmp_path / "Prices.pdf"
    slides.write_bytes(pdf([(800, 450)] * 2))
    teacher, merchant = enter("Teacher", "host"), enter("Merchant")
    add(teacher, slides)
    show(teacher, "Prices")
    expect_page(teacher, 1)
    expect_page(merchant, 1)
    expect(merchant.page.locator(".courseware-box [data-testid=annotate-button]")).to_have_count(0)
    teacher.page.locator(".courseware-box").get_by_test_id("annotate-button").click()
    drawn = Sheet(teacher, ".courseware-box")
    drawn.choose("pen")
    drawn.drag((0.2, 0.3), (0.6, 0.7))
    drawn.expect_items(1)
    seen = Sheet(merchant, ".courseware-box")
    seen.expect_items(1)
    seen.wait_inked("standing", at_least=50)

    late = enter("Late")
    expect_page(late, 1)
    Sheet(late, ".courseware-box").expect_items(1)
    teacher.press("courseware-next")
    for guest in (teacher, merchant, late):
        expect_page(guest, 2)
    expect(merchant.page.locator(".courseware-box [data-testid='surface']")).to_have_count(0)
    drawn.drag((0.3, 0.3), (0.5, 0.5))
    drawn.drag((0.3, 0.5), (0.5, 0.3))
    seen.expect_items(2)
    teacher.press("courseware-previous")
    expect_page(merchant, 1)
    seen.expect_items(1)
    merchant.page.reload()
    merchant.join()
    expect_page(merchant, 1)
    Sheet(merchant, ".courseware-box").expect_items(1)
