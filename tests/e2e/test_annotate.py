"""Drawing over cameras, screens and pages of documents: in place for all, and gone with them."""

from pathlib import Path

import pytest
from e2e.conftest import Enter
from e2e.drawing import Sheet
from e2e.guest import WAIT_MS, Guest
from e2e.saved_pages import has_colour, pages_of, picture_of, save
from e2e.test_courseware import add, expect_page, show
from e2e.test_screen_share import open_person
from pictures import pdf
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

RED, PAGE_BLUE = (194, 42, 28), (51, 102, 204)
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

# The sharer has switched the surface, which no test can do in Chromium's own window.
_CHOOSE_A_WINDOW = """() => {
  const { track } = window.emporion.room.outbound("screen_share");
  const settings = track.getSettings();
  track.getSettings = () => ({ ...settings, displaySurface: "window" });
  track.dispatchEvent(new Event("configurationchange"));
}"""


def screen_of(guest: Guest) -> Locator:
    return guest.page.locator(SCREEN)


def assert_beside(picture: Locator, tools: Locator) -> None:
    """No tool covers anything of the picture."""
    shown = picture.bounding_box()
    assert shown is not None
    for tool in (tools.locator(".tool-bar"), tools.get_by_test_id("annotate-button")):
        box = tool.bounding_box()
        assert box is not None
        assert (
            box["x"] + box["width"] <= shown["x"] + 1
            or box["y"] >= shown["y"] + shown["height"] - 1
        ), f"{box} lies over {shown}"


def place_of_ink(sheet: Sheet) -> list[float]:
    sheet.wait_inked("standing", at_least=50)
    place: list[float] = sheet.surface.locator(".surface-standing").evaluate(_PLACE)
    return place


def test_marks_on_a_shared_screen_are_in_the_same_place_for_all(enter: Enter) -> None:
    merchant = enter("Merchant")
    merchant.expect_picture("Merchant")
    pens = merchant.page.get_by_test_id("annotate-button")
    expect(pens).to_have_count(0)  # Alone nobody draws on the own camera.
    teacher, third = enter("Teacher", "host"), enter("Third")
    expect(pens).to_have_count(1, timeout=WAIT_MS)
    merchant.press("screen-button")
    for guest in (teacher, third):
        expect(screen_of(guest).locator("[data-covered='false']")).to_be_visible(timeout=WAIT_MS)
    screen_of(teacher).get_by_test_id("annotate-button").click()
    drawn = Sheet(teacher, SCREEN)
    drawn.drag((0.3, 0.3), (0.7, 0.3), (0.7, 0.6))
    seen = Sheet(third, SCREEN)
    seen.expect_items(1)

    # Who shares sees it on the small tile of the own screen, and draws there, too. The whole screen
    # is shared, as Chromium's stand-in for its picker chooses: it does not show itself without end.
    expect(screen_of(merchant).get_by_test_id("whole-screen-card")).to_be_visible()
    expect(screen_of(merchant).locator("video")).to_be_hidden()
    expect(screen_of(teacher).locator("video")).to_be_visible()
    own = Sheet(merchant, SCREEN)
    own.expect_items(1)
    assert place_of_ink(own) == pytest.approx([0.3, 0.3, 0.7, 0.6], abs=0.03)
    screen_of(merchant).get_by_role("button", name="Pin").click()
    screen_of(merchant).get_by_test_id("annotate-button").click()
    own.drag((0.4, 0.5), (0.5, 0.5))
    seen.expect_items(2)
    merchant.press("tool-undo")
    seen.expect_items(1)
    for width, height in ((360, 640), (640, 360), (1280, 800)):
        merchant.page.set_viewport_size({"width": width, "height": height})
        merchant.page.wait_for_timeout(300)
        assert_beside(screen_of(merchant).locator(".picture-box"), screen_of(merchant))

    # It is frozen to be drawn on, though it is not shown; and it is shown if it is but a window.
    merchant.press("tool-more")
    merchant.page.get_by_role("button", name="Freeze the picture").click()
    expect(screen_of(merchant).locator(".frozen-picture")).to_be_visible(timeout=WAIT_MS)
    merchant.press("tool-more")
    merchant.page.get_by_role("button", name="Let the picture move again").click()
    expect(screen_of(merchant).locator(".frozen-picture")).to_have_count(0, timeout=WAIT_MS)
    merchant.page.evaluate(_CHOOSE_A_WINDOW)
    expect(screen_of(merchant).get_by_test_id("whole-screen-card")).to_have_count(0)
    expect(screen_of(merchant).locator("video")).to_be_visible()

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

    # The right to draw is given in one place.
    open_person(teacher, "Third")
    expect(teacher.page.get_by_test_id("right-drawing")).to_have_count(1)
    expect(teacher.page.get_by_test_id("allow-drawing")).to_have_count(0)
    teacher.page.keyboard.press("Escape")

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


@pytest.mark.no_cameras
def test_pages_of_a_document_are_drawn_on(enter: Enter, tmp_path: Path) -> None:
    """Drawings stay with their page: while others leaf, for who comes late, after a reload."""
    slides = tmp_path / "Prices.pdf"
    slides.write_bytes(pdf([(800, 450)] * 2))
    teacher, merchant = enter("Teacher", "host"), enter("Merchant")
    add(teacher, slides)
    show(teacher, "Prices")
    expect_page(teacher, 1)
    expect_page(merchant, 1)
    expect(merchant.page.locator(".courseware [data-testid=annotate-button]")).to_have_count(0)
    teacher.page.locator(".courseware").get_by_test_id("annotate-button").click()
    drawn = Sheet(teacher, ".courseware-box")
    drawn.choose("pen")
    drawn.drag((0.2, 0.3), (0.6, 0.7))
    drawn.expect_items(1)
    seen = Sheet(merchant, ".courseware-box")
    seen.expect_items(1)
    seen.wait_inked("standing", at_least=50)

    first, second = pages_of(save(teacher, "save-pdf"))
    (kept, _) = pages_of(save(merchant, "save-pdf", menu="save-pages"))
    for saved in (first, kept):
        assert has_colour(saved, (0.4, 0.5), RED), "the marks are saved with the page"
    assert not has_colour(second, (0.4, 0.5), RED)
    for page in (first, second, picture_of(save(teacher, "save-png"))):
        assert has_colour(page, (0.1, 0.9), PAGE_BLUE), "and so is the page"
    for width, height in ((360, 640), (640, 360), (1280, 800)):
        teacher.page.set_viewport_size({"width": width, "height": height})
        teacher.page.wait_for_timeout(300)
        stage = teacher.page.get_by_test_id("courseware-stage")
        assert_beside(stage.locator(".courseware-box"), stage)

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
