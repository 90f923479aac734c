"""Showing things: slides, the board, a shared screen, and drawing on it."""

from pathlib import Path

from e2e.drawing import Sheet
from e2e.guest import WAIT_MS, Guest
from e2e.panels import press_control
from e2e.test_courseware import add, expect_page, row
from pictures import pdf
from playwright.sync_api import expect

SCREEN = "[data-testid='tile'][data-source='screen_share']"


def show_slides(teacher: Guest, folder: Path, *, pages: int) -> None:
    """Bring a document and put its first page in front of everybody."""
    slides = folder / "Listing a product.pdf"
    slides.write_bytes(pdf([(800, 450)] * pages))
    add(teacher, slides)
    document = row(teacher, "Listing a product")
    expect(document.locator(".courseware-open")).to_be_enabled(timeout=WAIT_MS)
    expect(document.locator("progress")).to_have_count(0, timeout=WAIT_MS)
    document.locator(".courseware-open").click()
    expect_page(teacher, 1)


def open_board(teacher: Guest) -> Sheet:
    press_control(teacher, "board-button")
    board = Sheet(teacher)
    expect(board.surface).to_be_visible(timeout=WAIT_MS)
    return board


def draw_on_screen(guest: Guest) -> Sheet:
    """Take the pen over the shared screen and draw a line."""
    guest.page.locator(SCREEN).get_by_test_id("annotate-button").click()
    sheet = Sheet(guest, SCREEN)
    sheet.drag((0.3, 0.3), (0.7, 0.3), (0.7, 0.6))
    sheet.expect_items(1)
    return sheet


def end_share(sharer: Guest, *viewers: Guest) -> None:
    press_control(sharer, "screen-button")
    for guest in viewers:
        expect(guest.page.locator(SCREEN)).to_have_count(0, timeout=WAIT_MS)
