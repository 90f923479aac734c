"""Each tool of the board does what it says, for all who look on: shapes, eraser, laser, paper."""

import pytest
from e2e.conftest import Enter
from e2e.drawing import Sheet, expect_same
from e2e.guest import WAIT_MS
from e2e.saved_pages import WHITE
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]

# Where each shape is drawn, as shares of the page: from corner to corner.
SHAPES = {
    "line": ((0.05, 0.5), (0.15, 0.5)),
    "arrow": ((0.2, 0.5), (0.3, 0.5)),
    "rectangle": ((0.4, 0.3), (0.55, 0.7)),
    "ellipse": ((0.65, 0.3), (0.85, 0.7)),
}


def choose_inside(sheet: Sheet, popover: str, tool: str) -> None:
    sheet.choose(popover)
    sheet.choose(tool)


def test_shapes_eraser_laser_and_paper_are_the_same_for_all(enter: Enter) -> None:
    teacher, first, second = enter("Teacher", "host"), enter("First"), enter("Second")
    teacher.press("board-button")
    board, seen = Sheet(teacher), Sheet(first)
    expect(seen.surface).to_be_visible(timeout=WAIT_MS)
    plain = seen.picture()
    teacher.press("tool-more")
    teacher.page.get_by_role("button", name="Squared paper").click()
    teacher.page.keyboard.press("Escape")
    for _ in range(20):
        if seen.picture() != plain:
            break
    assert seen.picture() != plain, "the paper is squared for all"
    for count, (kind, (start, end)) in enumerate(SHAPES.items(), 1):
        choose_inside(board, "shapes", kind)
        board.drag(start, end)
        seen.expect_items(count)
    teacher.page.mouse.move(1, 1)
    seen.wait_inked("moving", at_most=0)
    line, tail, tip = (seen.thickness(x) for x in (0.1, 0.21, 0.29))
    assert 0 < line == tail < tip, "an arrow is thicker at its end"
    side, middle = (seen.thickness(x) for x in (0.4, 0.475))
    assert side > 5 * middle > 5 * line, "a rectangle has two edges, and upright sides"
    for place in ((0.485, 0.52), (0.76, 0.52), (0.66, 0.32)):
        assert seen.colour(place) == WHITE, "no shape is filled, and an ellipse has no corners"

    # The eraser takes the whole thing, wherever it is touched.
    choose_inside(board, "erasers", "eraser")
    board.drag((0.475, 0.26), (0.475, 0.34))
    seen.expect_items(3)
    assert seen.thickness(0.4) == seen.thickness(0.475) == 0

    # Everybody sees where the teacher points, and nothing of it stays.
    board.choose("laser")
    board.press((0.2, 0.8), (0.4, 0.9), (0.6, 0.8))
    for sheet in (seen, Sheet(second)):
        sheet.wait_inked("moving", at_least=50)
    teacher.page.mouse.up()
    teacher.page.mouse.move(1, 1)
    seen.wait_inked("moving", at_most=0)
    seen.expect_items(3)

    late = enter("Late")
    Sheet(late).expect_items(3)
    second.page.reload()
    second.join()
    Sheet(second).expect_items(3)
    for width, height in ((1000, 700), (1280, 800)):
        first.page.set_viewport_size({"width": width, "height": height})
        first.page.wait_for_timeout(300)
    expect_same([seen, Sheet(second), Sheet(late)])
