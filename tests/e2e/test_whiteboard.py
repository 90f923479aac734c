"""Three people at one board: what is drawn, seen while it is drawn, found later, and saved."""

import re
from pathlib import Path

import pytest
from e2e.conftest import Enter
from e2e.drawing import Place, Sheet, expect_same
from e2e.guest import WAIT_MS
from e2e.saved_pages import WHITE, has_colour, pages_of, picture_of, save
from PIL import Image
from playwright.sync_api import Locator, expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]

BLUE, ORANGE = (36, 80, 192), (240, 120, 20)
NOTE = (0.1875, 0.2111)  # A new note's share of the page.

_HAS_BLUE = """(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4)
    if (data[at] < 120 && data[at + 2] > 150 && data[at + 3] > 200) return true;
  return false;
}"""


def wait_blue(button: Locator) -> None:
    """Wait until a small picture of a page shows a blue line."""
    canvas = button.locator("canvas").element_handle()
    button.page.wait_for_function(_HAS_BLUE, arg=canvas, timeout=WAIT_MS)


def words_in(sheet: Sheet, start: Place, end: Place) -> int:
    """How many pixels of letters stand between two corners."""
    steps = 60
    shares = [start[0] + (end[0] - start[0]) * step / steps for step in range(1, steps)]
    return sum(sheet.thickness(share) for share in shares)


def test_a_class_draws_together_and_a_late_joiner_sees_the_same(
    enter: Enter, tmp_path: Path
) -> None:
    teacher, first = enter("Teacher", "host"), enter("First")
    teacher.press("board-button")
    board, seen = Sheet(teacher), Sheet(first)
    expect(seen.surface).to_be_visible(timeout=WAIT_MS)

    # Seen while it is drawn, and standing when it is done.
    board.press((0.2, 0.3), (0.4, 0.5), (0.6, 0.3))
    seen.wait_inked("moving", at_least=200)
    teacher.page.mouse.up()
    seen.expect_items(1)
    teacher.page.mouse.move(1, 1)  # The pointer would stand there for a while.
    seen.wait_inked("moving", at_most=0)

    board.choose("highlighter")
    board.drag((0.2, 0.3), (0.5, 0.3))
    board.write("note", (0.7, 0.6), "Write the title first")
    board.write("text", (0.2, 0.7), "800 by 800")
    seen.expect_items(4)

    # A merchant draws once everybody may, and undoes his own only.
    expect(first.page.get_by_test_id("tool-pen")).to_have_count(0)
    teacher.press("tool-more")
    teacher.page.get_by_role("button", name="Everybody may draw").click()
    first.press("tool-pen")
    seen.drag((0.1, 0.8), (0.3, 0.9))
    board.expect_items(5)
    seen.drag((0.4, 0.8), (0.5, 0.9))
    board.expect_items(6)
    first.press("tool-undo")
    board.expect_items(5)

    # A product photo; whoever comes late has it, too.
    photo = tmp_path / "product.png"
    Image.new("RGB", (320, 200), ORANGE).save(photo)
    teacher.page.get_by_test_id("tool-image").set_input_files(photo)
    seen.expect_items(6)

    late = enter("Late")
    later = Sheet(late)
    later.expect_items(6)
    expect_same([seen, later])
    assert later.colour((0.5, 0.5)) == ORANGE
    first.page.reload()
    first.join()
    Sheet(first).expect_items(6)
    expect_same([Sheet(first), later])


def test_a_pen_draws_as_it_is_pressed_and_fingers_move_the_page(enter: Enter) -> None:
    """Once a pen was used a palm draws nothing; two fingers never do."""
    teacher = enter("Teacher", "host")
    teacher.press("board-button")
    board = Sheet(teacher)
    board.touch(((0.2, 0.2), (0.4, 0.2)))
    board.expect_items(1)
    board.touch(((0.3, 0.4), (0.5, 0.4)), ((0.3, 0.6), (0.5, 0.6)))
    board.expect_items(1)
    board.press_pen((0.1, 0.8), (0.5, 0.8), (0.9, 0.8), forces=(0.05, 0.5, 1.0))
    board.expect_items(2)
    teacher.page.wait_for_timeout(200)
    light, hard = board.thickness(0.15), board.thickness(0.85)
    assert 0 < 2 * light < hard, "a line is thick where the pen was pressed"

    board.touch(((0.2, 0.5), (0.6, 0.5)))
    board.expect_items(2)
    zoom = teacher.page.get_by_role("button", name="Show the whole page")
    expect(zoom).to_have_text("100 %")
    board.touch(((0.4, 0.5), (0.2, 0.5)), ((0.6, 0.5), (0.8, 0.5)))
    expect(zoom).to_have_text(re.compile(r"2\d\d|3\d\d"))
    board.expect_items(2)


def test_things_are_moved_erased_and_rubbed_out_and_undone(enter: Enter) -> None:
    teacher, merchant = enter("Teacher", "host"), enter("Merchant")
    teacher.press("board-button")
    board, seen = Sheet(teacher), Sheet(merchant)
    expect(seen.surface).to_be_visible(timeout=WAIT_MS)
    board.drag((0.1, 0.5), (0.9, 0.5))
    seen.expect_items(1)
    before = seen.picture()

    board.choose("erasers")
    board.choose("rubber")
    board.drag((0.5, 0.4), (0.5, 0.6))
    seen.expect_items(2)
    teacher.page.keyboard.press("Control+z")
    seen.expect_items(1)
    assert seen.picture() == before, "an undo leaves no trace"

    board.choose("select")
    board.click((0.5, 0.5))
    # Others see it where the hand has it, and once only when it is done.
    assert seen.thickness(0.3) > 0
    board.press((0.5, 0.5), (0.5, 0.7))
    seen.wait_inked("moving", at_least=200)
    assert seen.thickness(0.3) == 0, "what moves does not stand in its old place as well"
    teacher.page.mouse.up()
    teacher.page.mouse.move(1, 1)
    seen.wait_inked("moving", at_most=0)
    assert seen.picture() != before
    teacher.page.keyboard.press("Control+z")
    teacher.page.wait_for_timeout(300)
    assert seen.picture() == before
    teacher.page.keyboard.press("Control+a")
    teacher.page.keyboard.press("Delete")
    seen.expect_items(0)

    teacher.press("tool-undo")
    seen.expect_items(1)
    teacher.press("tool-more")
    teacher.press("clear-all")
    seen.expect_items(0)
    teacher.press("tool-undo")
    seen.expect_items(1)
    teacher.press("tool-more")
    teacher.press("clear-all")
    seen.expect_items(0)

    # A note that is made half as large still says all that it said.
    board.write("note", (0.3, 0.3), "Prices first, then pictures, then the delivery times")
    seen.expect_items(1)
    far = (0.3 + NOTE[0], 0.3 + NOTE[1])
    half = (0.3 + NOTE[0] / 2, 0.3 + NOTE[1] / 2)
    letters = words_in(seen, (0.3, 0.3), far)
    assert letters > 0
    board.choose("select")
    board.click((0.35, 0.35))
    board.drag(far, half)
    teacher.page.mouse.move(1, 1)
    seen.wait_inked("moving", at_most=0)
    assert seen.colour((0.3 + 0.8 * NOTE[0], 0.35)) == WHITE, "it is half as wide"
    assert 0 < words_in(seen, (0.3, 0.3), half) < letters


def test_pages_are_followed_or_leafed_through_and_saved(enter: Enter) -> None:
    teacher, merchant = enter("Teacher", "host"), enter("Merchant")
    teacher.press("board-button")
    board, seen = Sheet(teacher), Sheet(merchant)
    board.drag((0.1, 0.5), (0.9, 0.5))
    seen.expect_items(1)
    teacher.press("add-page")
    seen.expect_items(0)
    count = merchant.page.get_by_test_id("page-list-button")
    expect(count).to_have_text("2 / 2")

    merchant.press("previous-page")
    seen.expect_items(1)
    teacher.press("previous-page")
    teacher.press("next-page")
    expect(count).to_have_text("1 / 2")
    merchant.press("follow-page")
    expect(count).to_have_text("2 / 2")

    # All pages in small, for everybody; with the keyboard, too.
    merchant.press("page-list-button")
    small = merchant.page.get_by_test_id("thumb-strip").locator("button")
    expect(small).to_have_count(2)
    wait_blue(small.first)
    small.nth(1).focus()
    merchant.page.keyboard.press("ArrowLeft")
    merchant.page.keyboard.press("Enter")
    expect(count).to_have_text("1 / 2")
    merchant.press("follow-page")

    # What is saved is what stands there.
    board.choose("pen")
    board.drag((0.5, 0.2), (0.5, 0.8))
    seen.expect_items(1)
    first, second = pages_of(save(teacher, "save-pdf"))
    png = picture_of(save(teacher, "save-png"))
    kept = picture_of(save(merchant, "save-png", menu="save-pages"))  # Who may not draw keeps it.
    assert png.size == kept.size == (1920, 1080)
    for picture, inked, white in (
        (first, (0.3, 0.5), (0.5, 0.3)),
        (second, (0.5, 0.3), (0.3, 0.5)),
        (png, (0.5, 0.3), (0.3, 0.5)),
        (kept, (0.5, 0.3), (0.3, 0.5)),
    ):
        assert has_colour(picture, inked, BLUE)
        assert has_colour(picture, white, WHITE)
        assert not has_colour(picture, white, BLUE)

    teacher.press("board-button")
    expect(seen.surface).to_have_count(0, timeout=WAIT_MS)
