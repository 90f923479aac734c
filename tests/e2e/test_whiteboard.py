"""Three people at one board: what is drawn, seen while it is drawn, found later, and saved."""

import pytest
from e2e.conftest import Enter
from e2e.drawing import Sheet, expect_same
from e2e.guest import WAIT_MS
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_class_draws_together_and_a_late_joiner_sees_the_same(enter: Enter) -> None:
    teacher, first = enter("Teacher", "host"), enter("First")
    teacher.press("board-button")
    board, seen = Sheet(teacher), Sheet(first)
    expect(seen.surface).to_be_visible(timeout=WAIT_MS)

    # Seen while it is drawn, and standing when it is done.
    board.press((0.2, 0.3), (0.4, 0.5), (0.6, 0.3))
    seen.wait_inked("moving", at_least=200)
    teacher.page.mouse.up()
    seen.expect_items(1)
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

    late = enter("Late")
    later = Sheet(late)
    later.expect_items(5)
    expect_same([seen, later])
    first.page.reload()
    first.join()
    Sheet(first).expect_items(5)
    expect_same([Sheet(first), later])


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
    board.drag((0.5, 0.5), (0.5, 0.7))
    teacher.page.wait_for_timeout(300)
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

    teacher.press("tool-more")
    with teacher.page.expect_download() as started:
        teacher.press("save-pdf")
    pdf = started.value.path().read_bytes()
    assert pdf.startswith(b"%PDF-1.4")
    assert b"/Count 2 " in pdf
    teacher.press("tool-more")
    with teacher.page.expect_download() as started:
        teacher.press("save-png")
    assert started.value.path().read_bytes().startswith(b"\x89PNG")

    teacher.press("board-button")
    expect(seen.surface).to_have_count(0, timeout=WAIT_MS)
