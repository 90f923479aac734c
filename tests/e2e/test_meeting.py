"""Two and three people meet in a class: they see, hear and write to each other through the server."""

import pytest
from playwright.sync_api import expect

from e2e.conftest import Enter
from e2e.guest import WAIT_MS

pytestmark = pytest.mark.browser


def test_two_people_see_hear_and_write_to_each_other(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")

    for guest, other in ((teacher, merchant), (merchant, teacher)):
        expect(guest.tile_of(other.name)).to_be_visible(timeout=WAIT_MS)
        guest.wait_rising("video", "framesDecoded", by=20)
        guest.wait_rising("audio", "energy", by=0.001)
    teacher.say("Welcome to the class")
    merchant.expect_message("Welcome to the class")
    merchant.say("Thank you")
    teacher.expect_message("Thank you")
