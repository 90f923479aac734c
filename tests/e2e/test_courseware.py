"""Courseware through the pages: brought, prepared, led, followed, leafed alone, reloaded."""

from pathlib import Path

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from pictures import pdf, png
from playwright.sync_api import Locator, expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]


def add(guest: Guest, *paths: Path) -> None:
    """Bring a document through the panel."""
    if not guest.page.get_by_test_id("courseware-panel").is_visible():
        open_panel(guest)
    guest.page.get_by_test_id("courseware-file").set_input_files(paths)


def open_panel(guest: Guest) -> None:
    button = guest.page.get_by_test_id("courseware-button")
    if not button.is_visible():
        guest.press("more-button")
    button.click()


def row(guest: Guest, name: str) -> Locator:
    return guest.page.get_by_test_id("courseware-document").filter(has_text=name)


def show(guest: Guest, name: str) -> None:
    row(guest, name).get_by_role("button", name=f"Show {name}").click(timeout=WAIT_MS)


def expect_page(guest: Guest, page: int) -> None:
    """Wait until a page is in front of somebody, decoded."""
    picture = guest.page.get_by_test_id("courseware-page")
    expect(picture).to_have_attribute("data-page", str(page), timeout=WAIT_MS)
    guest.page.wait_for_function(
        """() => {
          const picture = document.querySelector("[data-testid=courseware-page]");
          return picture.complete && picture.naturalWidth > 1000;
        }""",
        timeout=WAIT_MS,
    )


def test_everybody_follows_or_leafs_and_returns(enter: Enter, tmp_path: Path) -> None:
    slides = tmp_path / "Spring slides.pdf"
    slides.write_bytes(pdf([(800, 450)] * 6))
    teacher, lin = enter("Teacher", "host"), enter("Lin")
    add(teacher, slides)
    expect(row(teacher, "6 pages")).to_be_visible(timeout=WAIT_MS)
    expect(lin.page.get_by_test_id("courseware-button")).to_have_count(0)

    show(teacher, "Spring slides")
    for guest in (teacher, lin):
        expect_page(guest, 1)
    teacher.press("courseware-next")
    for guest in (teacher, lin):
        expect_page(guest, 2)
    teacher.page.locator("h1, .session-time").first.click()
    teacher.page.keyboard.press("ArrowRight")
    expect_page(lin, 3)

    lin.press("courseware-previous")
    expect_page(lin, 2)
    expect_page(teacher, 3)
    teacher.press("courseware-next")
    expect_page(teacher, 4)
    expect_page(lin, 2)
    expect(lin.page.get_by_test_id("courseware-return")).to_have_text("Back to page 4")
    lin.press("courseware-position")
    lin.page.get_by_role("button", name="Go to page 6").click()
    expect_page(lin, 6)
    expect(lin.page.get_by_test_id("courseware-next")).to_be_disabled()
    lin.press("courseware-return")
    expect_page(lin, 4)

    late = enter("Late")
    expect_page(late, 4)
    teacher.page.reload()
    teacher.open(teacher.page.url)
    teacher.join()
    expect_page(teacher, 4)
    teacher.press("courseware-previous")
    for guest in (teacher, lin, late):
        expect_page(guest, 3)
    teacher.press("courseware-stop")
    for guest in (teacher, lin, late):
        expect(guest.page.get_by_test_id("courseware-stage")).to_have_count(0, timeout=WAIT_MS)


def test_pictures_make_a_document_and_broken_files_say_why(enter: Enter, tmp_path: Path) -> None:
    pictures = [tmp_path / f"{number}.png" for number in range(3)]
    for number, path in enumerate(pictures):
        path.write_bytes(png(1400 + number, 900))
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + bytes(5_000))
    words = tmp_path / "words.docx"
    words.write_bytes(b"PK\x03\x04")
    teacher, lin = enter("Teacher", "host"), enter("Lin")

    add(teacher, broken)
    failed = row(teacher, "broken")
    expect(failed).to_contain_text("damaged", timeout=WAIT_MS)
    expect(failed.get_by_role("button", name="Show broken")).to_be_disabled()
    failed.get_by_role("button", name="Remove broken").click()
    teacher.press("courseware-remove-confirm")
    expect(failed).to_have_count(0, timeout=WAIT_MS)
    add(teacher, words)
    upload = teacher.page.get_by_test_id("courseware-upload")
    expect(upload).to_contain_text("cannot be used here")
    upload.get_by_role("button", name="Dismiss").click()
    expect(upload).to_have_count(0)

    add(teacher, *pictures)
    expect(row(teacher, "3 pages")).to_be_visible(timeout=WAIT_MS)
    show(teacher, "0")
    expect_page(lin, 1)
    teacher.press("courseware-next")
    expect_page(lin, 2)

    # Of the board and the slides, what was shown last stands in front.
    teacher.press("board-button")
    expect(lin.page.get_by_test_id("courseware-stage")).to_have_count(0, timeout=WAIT_MS)
    show(teacher, "0")
    expect_page(lin, 2)


def test_the_first_pages_are_shown_while_the_rest_is_prepared(enter: Enter, tmp_path: Path) -> None:
    slides = tmp_path / "Long.pdf"
    slides.write_bytes(pdf([(800, 450)] * 250))
    teacher, lin = enter("Teacher", "host"), enter("Lin")
    add(teacher, slides)
    show(teacher, "Long")
    expect(row(teacher, "Long").get_by_role("progressbar")).to_be_visible()
    for guest in (teacher, lin):
        expect_page(guest, 1)
    position = lin.page.get_by_test_id("courseware-position")
    expect(position).to_contain_text("1 / 250 · ", timeout=1_000)
    teacher.press("courseware-position")
    teacher.page.get_by_role("button", name="Go to page 240").click()
    for guest in (teacher, lin):
        expect_page(guest, 240)
    expect(position).to_contain_text("240 / 250 · ", timeout=1_000)
    expect(position).to_have_text("240 / 250", timeout=90_000)
    expect(row(teacher, "250 pages")).to_be_visible()
