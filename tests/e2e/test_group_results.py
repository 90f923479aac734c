"""What groups leave: who was there, a poll, and boards that come back as pages; and a removal."""

import pytest
from e2e import panels
from e2e.conftest import Enter
from e2e.drawing import Sheet
from e2e.guest import WAIT_MS, Guest
from e2e.test_breakouts import expect_in, expect_in_main_room, open_panel, plan
from e2e.test_polls import make, open_now, vote
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]


def open_board(guest: Guest) -> Sheet:
    button = guest.page.get_by_test_id("board-button")
    if not button.is_visible():
        guest.press("more-button")
    button.click()
    sheet = Sheet(guest)
    expect(sheet.surface).to_be_visible(timeout=WAIT_MS)
    return sheet


def expect_board_of(guest: Guest, group: str) -> None:
    """The page is shown, and all that is on it has come."""
    expect(guest.page.get_by_test_id("page-group")).to_have_text(group, timeout=WAIT_MS)
    Sheet(guest).expect_items(2)


def test_boards_come_back_as_pages(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    li, mo = enter("Li"), enter("Mo")
    plan(teacher)
    teacher.press("rename-1")
    field = teacher.page.get_by_test_id("rename-field-1")
    field.fill("Oolong")
    field.press("Enter")
    expect(teacher.page.get_by_test_id("group-1")).to_contain_text("Oolong", timeout=WAIT_MS)
    expect(teacher.page.get_by_test_id("rename-1")).to_be_focused()
    teacher.press("open-groups")
    expect_in(li, "Oolong")
    expect_in(mo, "Group 2")

    sheet = open_board(li)
    sheet.drag((0.3, 0.3), (0.6, 0.5))
    sheet.drag((0.3, 0.6), (0.6, 0.3))
    sheet.expect_items(2)
    open_panel(teacher)
    teacher.press("people-button")
    away = teacher.page.get_by_test_id("away-people")
    expect(away).to_contain_text("Oolong", timeout=WAIT_MS)
    expect(away.locator("li")).to_have_count(2)
    open_panel(teacher)
    teacher.press("close-groups-now")
    expect_in_main_room(li)

    summary = teacher.page.get_by_test_id("group-summary").filter(has_text="Oolong")
    summary.locator("summary").click()
    expect(summary).to_contain_text("Li", timeout=WAIT_MS)
    summary.get_by_test_id("show-group-board").click()
    for guest in (teacher, li, mo):
        expect_board_of(guest, "Oolong")
    late = enter("Wu")
    expect_board_of(late, "Oolong")
    mo.page.reload()
    mo.join()
    expect_board_of(mo, "Oolong")
    assert Sheet(mo).inked() > 0, "what the group has drawn is seen"


def test_hands_and_polls_inside_a_group(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    li, mo = enter("Li"), enter("Mo")
    plan(teacher)
    teacher.press("open-groups")
    expect_in(li, "Group 1")
    teacher.page.get_by_test_id("group-1").get_by_test_id("visit-group").click()
    expect_in(teacher, "Group 1")
    li.press("hand-button")
    panels.open_panel(teacher, "people")
    queue = teacher.page.get_by_test_id("hand-queue")
    expect(queue).to_contain_text("Li", timeout=WAIT_MS)
    queue.get_by_test_id("give-floor").click()
    expect(teacher.page.get_by_test_id("stage-list")).to_contain_text("Li", timeout=WAIT_MS)
    make(teacher, "Which price?", ("Nine", "Nineteen"))
    open_now(teacher)
    vote(li, "Nineteen")
    expect(mo.page.get_by_test_id("poll-banner")).to_have_count(0)

    teacher.press("group-back")
    expect_in_main_room(teacher)
    open_panel(teacher)
    teacher.press("close-groups-now")
    expect_in_main_room(li)
    summary = teacher.page.get_by_test_id("group-summary").filter(has_text="Group 1")
    summary.locator("summary").click()
    expect(summary.get_by_test_id("group-polls")).to_contain_text("Which price?", timeout=WAIT_MS)
    count = summary.locator(".bar").filter(has_text="Nineteen")
    expect(count).to_have_attribute("data-count", "1")
    expect(summary).to_contain_text("Teacher")


def test_who_is_removed_from_a_group_stays_out(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    li, mo = enter("Li"), enter("Mo")
    plan(teacher)
    teacher.press("open-groups")
    expect_in(li, "Group 1")
    teacher.page.get_by_test_id("group-1").get_by_test_id("visit-group").click()
    expect_in(teacher, "Group 1")
    teacher.press("people-button")
    teacher.page.locator(".person-open").filter(has_text="Li").click()
    remove = teacher.page.get_by_role("button", name="Remove", exact=True)
    remove.click()
    teacher.press("remove-confirm")
    goodbye = li.page.get_by_test_id("goodbye")
    expect(goodbye).to_have_attribute("data-code", "removed", timeout=WAIT_MS)
    li.page.reload()
    li.press("join-button")
    door = li.page.get_by_test_id("door-page")
    expect(door).to_have_attribute("data-code", "lobby.removed", timeout=WAIT_MS)
    expect_in(mo, "Group 2")
