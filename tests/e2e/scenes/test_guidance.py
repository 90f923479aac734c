"""Guidance from its first to its last minute: two people, and a patrol that nobody sees."""

from pathlib import Path

import pytest
from e2e.drawing import Sheet
from e2e.guest import WAIT_MS, Guest
from e2e.scenes.conftest import Arrive
from e2e.scenes.door import come_again, expect_goodbye
from e2e.scenes.showing import SCREEN, draw_on_screen, end_share, open_board
from e2e.test_chat import add_picture, expect_picture_shown
from e2e.test_screen_share import ask
from pictures import png
from playwright.sync_api import FloatRect, Locator, expect

pytestmark = pytest.mark.browser


def test_guidance(arrive: Arrive, tmp_path: Path) -> None:
    merchant = arrive("Merchant", template="guidance", is_on_phone=True)
    merchant.join()
    teacher = arrive("Teacher", "host", template="guidance")
    teacher.join()
    patrol = arrive("Patrol", "observer", template="guidance")
    patrol.join()
    meet(teacher, merchant, patrol)
    show_the_shop(teacher, merchant, patrol)
    send_picture(teacher, merchant, tmp_path)
    explain(teacher, merchant)
    end(teacher, merchant, patrol)


def meet(teacher: Guest, merchant: Guest, patrol: Guest) -> None:
    """The two are side by side, in the same size; the patrol sees and hears both, unseen."""
    teacher.expect_picture("Merchant")
    merchant.expect_picture("Teacher")
    merchant.wait_rising("audio", "energy", by=0.001)
    teacher.wait_rising("audio", "energy", by=0.001)
    mine, theirs = box_of(teacher.tile_of("Teacher")), box_of(teacher.tile_of("Merchant"))
    assert (mine["y"], mine["width"]) == (theirs["y"], theirs["width"])
    for name in ("Teacher", "Merchant"):
        patrol.expect_picture(name)
    patrol.wait_rising("audio", "energy", by=0.001)
    for guest in (teacher, merchant):
        expect(guest.page.get_by_test_id("tile")).to_have_count(2)


def show_the_shop(teacher: Guest, merchant: Guest, patrol: Guest) -> None:
    """Asked for its screen, the merchant shows it with one tap; the teacher draws on it."""
    ask(teacher, "Merchant")
    teacher.page.keyboard.press("Escape")
    expect(merchant.page.get_by_test_id("share-asked")).to_be_visible(timeout=WAIT_MS)
    merchant.press("share-accept")
    teacher.expect_picture("Merchant", source="screen_share")
    shared, face = box_of(teacher.page.locator(SCREEN)), box_of(teacher.tile_of("Merchant"))
    assert shared["width"] * shared["height"] > 4 * face["width"] * face["height"]
    draw_on_screen(teacher)
    Sheet(patrol, SCREEN).expect_items(1)
    end_share(merchant, teacher, patrol)


def send_picture(teacher: Guest, merchant: Guest, folder: Path) -> None:
    """A picture in the chat; it is there after a reload as well."""
    photo = folder / "photo.png"
    photo.write_bytes(png(320, 200))
    add_picture(merchant, photo, "My product")
    merchant.press("chat-send")
    teacher.open_chat()
    expect_picture_shown(teacher, "My product")
    come_again(merchant)
    merchant.open_chat()
    expect_picture_shown(merchant, "My product")
    merchant.page.keyboard.press("Escape")


def explain(teacher: Guest, merchant: Guest) -> None:
    board, seen = open_board(teacher), Sheet(merchant)
    board.drag((0.2, 0.3), (0.4, 0.5), (0.6, 0.3))
    seen.expect_items(1)
    teacher.press("board-button")
    expect(seen.surface).to_have_count(0, timeout=WAIT_MS)


def end(teacher: Guest, *others: Guest) -> None:
    teacher.press("leave-button")
    teacher.press("end-for-all")
    for guest in (teacher, *others):
        expect_goodbye(guest, "room_closed")


def box_of(place: Locator) -> FloatRect:
    box = place.bounding_box()
    assert box is not None
    return box
