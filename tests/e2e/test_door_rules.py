"""The other rules of the door, through the pages: locked, so many places, the host comes first."""

from collections.abc import Callable, Iterator

import pytest
from e2e.conftest import Enter, node_link
from e2e.guest import WAIT_MS, Guest
from e2e.running_node import RunningNode
from e2e.test_lobby import expect_in, open_lobby
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]

Arrive = Callable[[str], Guest]


@pytest.fixture
def arrive(node: RunningNode, chromium: Browser) -> Iterator[Arrive]:
    """Let somebody press Join, whatever becomes of it."""
    guests: list[Guest] = []

    def arrive(name: str) -> Guest:
        context = chromium.new_context(permissions=["camera", "microphone"], locale="en-US")
        guest = Guest(context, name, has_camera=False)
        guests.append(guest)
        guest.open(node_link(node, name, "merchant", "class", None))
        guest.press("join-button")
        return guest

    yield arrive
    for guest in guests:
        guest.context.close()
    assert [error for guest in guests for error in guest.errors] == []


def turn(host: Guest, rule: str, *, is_on: bool) -> None:
    switch = host.page.get_by_test_id(f"lobby-{rule}")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", str(is_on).lower(), timeout=WAIT_MS)


def expect_at_door(guest: Guest, code: str) -> None:
    door = guest.page.get_by_test_id("door-page")
    expect(door).to_have_attribute("data-code", code, timeout=WAIT_MS)


def come_again(guest: Guest) -> None:
    guest.page.reload()
    guest.press("join-button")


def test_a_locked_room_takes_nobody_new_and_a_small_one_so_many(
    enter: Enter, arrive: Arrive
) -> None:
    teacher, li = enter("Teacher", "host"), enter("Li")
    open_lobby(teacher)
    turn(teacher, "locked", is_on=True)
    mo = arrive("Mo")
    expect(mo.page.get_by_role("alert")).to_contain_text("The room is locked", timeout=WAIT_MS)
    come_again(li)
    expect_in(li)  # Who is known comes back from a reload.
    turn(teacher, "locked", is_on=False)
    come_again(mo)
    expect_in(mo)

    teacher.page.get_by_test_id("lobby-capacity").fill("3")
    teacher.page.get_by_test_id("lobby-capacity").press("Enter")
    expect(teacher.page.locator(".lobby-capacity button")).to_be_disabled(timeout=WAIT_MS)
    wu = arrive("Wu")
    expect_at_door(wu, "lobby.full")
    mo.press("leave-button")
    mo.press("leave-confirm")
    expect_in(wu)
    for guest in (teacher, li, wu):
        expect(guest.page.get_by_test_id("tile")).to_have_count(3, timeout=WAIT_MS)


def test_merchants_come_in_when_the_host_is_there(enter: Enter, arrive: Arrive) -> None:
    teacher, li = enter("Teacher", "host"), enter("Li")
    open_lobby(teacher)
    turn(teacher, "hosts_first", is_on=True)
    teacher.press("leave-button")
    teacher.press("leave-confirm")
    expect(li.tile_of("Teacher")).to_have_count(0, timeout=WAIT_MS)
    mo = arrive("Mo")
    expect_at_door(mo, "lobby.no_host")
    come_again(li)
    expect_in(li)
    come_again(teacher)
    for guest in (teacher, mo):
        expect_in(guest)
    expect(teacher.page.get_by_test_id("tile")).to_have_count(3, timeout=WAIT_MS)
