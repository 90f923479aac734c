"""One link for all merchants: each who opens it is a person of their own, also after a reload."""

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]


def test_guests_of_one_link_are_different_people_and_a_reload_is_the_same_one(
    enter: Enter,
) -> None:
    teacher = enter("Teacher", "host")
    ana = enter("Ana", shared_as="merchant")
    enter("Ben", shared_as="merchant")
    expect(teacher.tile_of("Ana")).to_have_count(1, timeout=WAIT_MS)
    expect(teacher.tile_of("Ben")).to_have_count(1, timeout=WAIT_MS)

    ana.page.reload()
    ana.join()

    expect(teacher.tile_of("Ana")).to_have_count(1, timeout=WAIT_MS)
    expect(teacher.tile_of("Ben")).to_have_count(1, timeout=WAIT_MS)
    assert teacher.page.get_by_test_id("tile").count() == 3
