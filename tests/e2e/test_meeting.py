"""Two and three people meet: they see, hear and write to each other through the server."""

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def expect_to_see_and_hear(guest: Guest, *others: Guest) -> None:
    for other in others:
        expect(guest.tile_of(other.name)).to_be_visible(timeout=WAIT_MS)
        guest.expect_picture(other.name)
    guest.wait_rising("video", "framesDecoded", by=20 * len(others))
    guest.wait_rising("audio", "energy", by=0.001)


def test_two_people_see_hear_and_write_to_each_other(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")

    expect_to_see_and_hear(teacher, merchant)
    expect_to_see_and_hear(merchant, teacher)
    teacher.say("Welcome to the class")
    merchant.expect_message("Welcome to the class")
    merchant.say("Thank you")
    teacher.expect_message("Thank you")


def test_a_late_joiner_sees_who_is_there_and_what_was_said(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    first = enter("First")
    teacher.say("Before you came")
    first.expect_message("Before you came")

    late = enter("Late")

    late.expect_message("Before you came")
    expect_to_see_and_hear(late, teacher, first)
    expect_to_see_and_hear(teacher, first, late)


@pytest.mark.parametrize("template", ["guidance", "briefing"])
def test_the_other_kinds_of_room_work_as_well(enter: Enter, template: str) -> None:
    teacher = enter("Teacher", "host", template=template)
    merchant = enter("Merchant", template=template)

    expect_to_see_and_hear(merchant, teacher)


@pytest.mark.no_cameras
def test_who_leaves_is_gone_for_the_others_and_is_told_so(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    expect(teacher.tile_of("Merchant")).to_be_visible(timeout=WAIT_MS)

    merchant.press("leave-button")
    merchant.press("leave-confirm")

    expect(merchant.page.get_by_test_id("goodbye")).to_be_visible(timeout=WAIT_MS)
    expect(teacher.tile_of("Merchant")).to_have_count(0, timeout=WAIT_MS)
