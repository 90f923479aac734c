"""A class from its first to its last minute: a teacher, two merchants, and one who comes late."""

from pathlib import Path

import pytest
from e2e.drawing import Sheet
from e2e.guest import WAIT_MS, Guest
from e2e.panels import open_panel, press_control
from e2e.scenes.conftest import Arrive
from e2e.scenes.door import come_again, expect_goodbye, expect_inside, keep_waiting, knock
from e2e.scenes.showing import SCREEN, draw_on_screen, end_share, open_board, show_slides
from e2e.test_breakouts import expect_in, expect_in_main_room, plan
from e2e.test_courseware import expect_page
from e2e.test_floor import expect_queue, raise_hand
from e2e.test_polls import expect_count, make, open_now, vote
from e2e.test_pulse import expect_count as expect_pulse
from e2e.test_pulse import feel
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_first_class(arrive: Arrive, tmp_path: Path) -> None:
    teacher = arrive("Teacher", "host", template="class")
    teacher.join()
    li, mo = gather(arrive, teacher)
    see_and_hear(teacher, li, mo)
    write(teacher, li, mo)
    give_floor(teacher, li)
    teach(teacher, li, mo, tmp_path)
    wu = come_late(arrive, teacher, li)
    share_screen(teacher, li, wu)
    ask_everybody(teacher, li, mo)
    work_in_groups(teacher, li, mo, wu)
    lose_connection(teacher, li)
    end(teacher, li, mo, wu)


def gather(arrive: Arrive, teacher: Guest) -> tuple[Guest, Guest]:
    """The teacher is early; who comes waits, one of them on a phone, until all are let in."""
    keep_waiting(teacher)
    li, mo = arrive("Li", template="class"), arrive("Mo", template="class", is_on_phone=True)
    for guest in (li, mo):
        knock(guest)
    banner = teacher.page.get_by_test_id("knock-banner")
    expect(banner).to_contain_text("2 people wait", timeout=WAIT_MS)
    teacher.press("knock-admit-all")
    for guest in (li, mo):
        expect_inside(guest)
    return li, mo


def see_and_hear(teacher: Guest, li: Guest, mo: Guest) -> None:
    li.expect_picture("Teacher")
    for name in ("Li", "Mo"):
        teacher.expect_picture(name)
    mo.wait_rising("audio", "energy", by=0.001)
    li.press("mic-button")
    silent = teacher.tile_of("Li").get_by_label("Microphone off")
    expect(silent).to_be_visible(timeout=WAIT_MS)
    li.press("camera-button")
    teacher.expect_no_picture("Li")
    li.press("mic-button")
    li.press("camera-button")
    teacher.expect_picture("Li")
    expect(silent).to_have_count(0, timeout=WAIT_MS)


def write(teacher: Guest, li: Guest, mo: Guest) -> None:
    teacher.say("Welcome! Today: the first listing.")
    li.expect_message("Welcome!")
    li.say("Good morning")
    for guest in (teacher, mo):
        guest.expect_message("Good morning")
        guest.page.keyboard.press("Escape")


def give_floor(teacher: Guest, li: Guest) -> None:
    raise_hand(li)
    open_panel(teacher, "people")
    expect_queue(teacher, "Li")
    teacher.page.get_by_role("button", name="Give Li the floor").first.click()
    expect(li.page.get_by_test_id("floor-banner")).to_be_visible(timeout=WAIT_MS)
    li.press("step-down")
    expect(teacher.page.get_by_test_id("stage-list")).to_have_count(0, timeout=WAIT_MS)


def teach(teacher: Guest, li: Guest, mo: Guest, folder: Path) -> None:
    """Slides, which all follow, then the board, on which the merchants draw as well."""
    show_slides(teacher, folder, pages=3)
    teacher.press("courseware-next")
    for guest in (li, mo):
        expect_page(guest, 2)
    board, seen = open_board(teacher), Sheet(li)
    board.drag((0.2, 0.3), (0.4, 0.5), (0.6, 0.3))
    seen.expect_items(1)
    teacher.press("tool-more")
    teacher.page.get_by_role("button", name="Everybody may draw").click()
    li.press("tool-pen")
    seen.drag((0.1, 0.8), (0.5, 0.8))
    for sheet in (board, Sheet(mo)):
        sheet.expect_items(2)


def come_late(arrive: Arrive, teacher: Guest, li: Guest) -> Guest:
    """Who comes now finds what was written and drawn, and sees and hears the others."""
    wu = arrive("Wu", template="class")
    knock(wu)
    teacher.press("knock-admit")
    expect_inside(wu)
    Sheet(wu).expect_items(2)
    wu.expect_message("Welcome!")
    wu.expect_picture("Teacher")
    li.expect_picture("Wu")
    wu.wait_rising("audio", "energy", by=0.001)
    return wu


def share_screen(teacher: Guest, li: Guest, wu: Guest) -> None:
    """A merchant shows the shop, and the teacher draws on it."""
    press_control(teacher, "board-button")
    teacher.press("courseware-stop")
    expect(wu.page.get_by_test_id("stage-thing")).to_have_count(0, timeout=WAIT_MS)
    press_control(li, "screen-button")
    for guest in (teacher, wu):
        guest.expect_picture("Li", source="screen_share")
    draw_on_screen(teacher)
    Sheet(wu, SCREEN).expect_items(1)
    end_share(li, teacher, wu)


def ask_everybody(teacher: Guest, li: Guest, mo: Guest) -> None:
    make(teacher, "Have you listed a product before?", ("Never", "A few", "Many"))
    open_now(teacher)
    vote(li, "Never")
    vote(mo, "Many")
    for choice in ("Never", "Many"):
        expect_count(teacher, choice, 1)
    teacher.press("poll-close")
    open_panel(teacher, "pulse")
    feel(li, "lost")
    expect_pulse(teacher, "lost", 1)


def work_in_groups(teacher: Guest, li: Guest, mo: Guest, wu: Guest) -> None:
    """Two groups; one merchant reloads inside and lands where it was; all come back."""
    plan(teacher, "hand")
    for guest, number in ((li, 1), (mo, 2), (wu, 1)):
        row = teacher.page.locator(f"[data-identity='{guest.name.lower()}']")
        row.locator("select").select_option(str(number))
        group = teacher.page.get_by_test_id(f"group-{number}")
        expect(group).to_contain_text(guest.name, timeout=WAIT_MS)
    teacher.press("open-groups")
    for guest, number in ((li, 1), (mo, 2), (wu, 1)):
        expect_in(guest, f"Group {number}")
    wu.say("Which picture goes first?")
    li.expect_message("Which picture goes first?")
    come_again(li)
    expect_in(li, "Group 1")
    li.expect_message("Which picture goes first?")
    li.wait_rising("audio", "energy", by=0.001)
    open_panel(teacher, "breakouts")
    teacher.press("close-groups-now")
    for guest in (li, mo, wu):
        expect_in_main_room(guest)
        guest.expect_message("Good morning")
    teacher.expect_picture("Li")


def lose_connection(teacher: Guest, li: Guest) -> None:
    """What is said meanwhile is there afterwards; whoever was lost is still one person."""
    li.context.set_offline(True)
    li.page.evaluate("window.emporion.room.loseSocket()")
    expect(li.page.get_by_test_id("reconnect-banner")).to_be_visible(timeout=WAIT_MS)
    teacher.say("See you on Thursday")
    li.context.set_offline(False)
    expect(li.page.get_by_test_id("reconnect-banner")).to_have_count(0, timeout=WAIT_MS)
    li.expect_message("See you on Thursday")
    expect(teacher.tile_of("Li")).to_have_count(1)


def end(teacher: Guest, *merchants: Guest) -> None:
    teacher.press("leave-button")
    teacher.press("end-for-all")
    for guest in (teacher, *merchants):
        expect_goodbye(guest, "room_closed")
