"""Groups that are about to close: all are warned, a host may think again, and all come back."""

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from e2e.test_breakouts import expect_in, expect_in_main_room, plan
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]

WARNS = "banner-warning"


def is_warned(guest: Guest) -> bool:
    classes = guest.page.get_by_test_id("group-banner").get_attribute("class") or ""
    return WARNS in classes.split()


def expect_time(guest: Guest, words: str) -> None:
    expect(guest.page.get_by_test_id("group-time")).to_contain_text(words, timeout=WAIT_MS)


def test_groups_warn_before_they_close(enter: Enter) -> None:
    teacher, li, mo = enter("Teacher", "host"), enter("Li"), enter("Mo")
    plan(teacher)
    teacher.press("open-groups")
    for guest, group in ((li, "Group 1"), (mo, "Group 2")):
        expect_in(guest, group)
        assert not is_warned(guest), "there is time enough"

    teacher.press("close-groups")
    late = enter("Late")
    expect_in(late, "Group 1")
    mo.page.reload()
    mo.join()
    for guest in (li, mo, late):
        expect_time(guest, "close in")
        assert is_warned(guest)

    teacher.press("keep-groups")
    for guest in (li, mo, late):
        expect(guest.page.get_by_test_id("group-time")).to_have_count(0, timeout=WAIT_MS)
        assert not is_warned(guest)

    teacher.press("close-groups-now")
    for guest in (li, mo, late):
        expect_in_main_room(guest)
