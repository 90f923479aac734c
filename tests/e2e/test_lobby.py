"""The door: merchants wait, a host lets them in or sends them away, and nobody slips in."""

import re
from collections.abc import Callable, Iterator

import pytest
from e2e.conftest import Enter, node_link
from e2e.guest import WAIT_MS, Guest
from e2e.running_node import RunningNode
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from emporion.engine.grants import RoleName

pytestmark = pytest.mark.browser

Come = Callable[..., Guest]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture
def come(node: RunningNode, chromium: Browser) -> Iterator[Come]:
    """Let somebody come to the door through the pages."""
    guests: list[Guest] = []

    def come(name: str, role: RoleName = "merchant", *, phone: bool = False) -> Guest:
        context = chromium.new_context(
            permissions=["camera", "microphone"],
            locale="en-US",
            viewport=PHONE if phone else DESKTOP,
        )
        guest = Guest(context, name)
        guests.append(guest)
        guest.open(node_link(node, name, role, "class", None))
        knock(guest)
        return guest

    yield come
    for guest in guests:
        guest.context.close()
    assert [error for guest in guests for error in guest.errors] == []


def knock(guest: Guest) -> None:
    guest.press("join-button")
    expect(guest.page.get_by_test_id("door-page")).to_be_visible(timeout=WAIT_MS)


def reason(page: Page) -> str:
    return page.get_by_test_id("door-page").get_attribute("data-code") or ""


def open_lobby(host: Guest) -> None:
    if not host.page.get_by_test_id("lobby-panel").is_visible():
        if not host.page.get_by_test_id("lobby-button").is_visible():
            host.press("more-button")
        host.press("lobby-button")


def person(people: Locator, name: str) -> Locator:
    """What opens all that can be done with somebody."""
    named = people.page.locator(".person-name", has_text=re.compile(rf"^{name}$"))
    return people.locator(".person-open").filter(has=named)


def expect_in(guest: Guest) -> None:
    expect(guest.page.get_by_test_id("leave-button")).to_be_visible(timeout=WAIT_MS)


def test_merchants_wait_and_a_host_lets_them_in(enter: Enter, come: Come) -> None:
    teacher = enter("Teacher", "host")
    open_lobby(teacher)
    switch = teacher.page.get_by_test_id("lobby-waiting_room")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true", timeout=WAIT_MS)
    teacher.page.keyboard.press("Escape")

    li = come("Li", phone=True)
    assert reason(li.page) == "lobby.waiting_room"
    expect(li.page.get_by_role("heading")).to_have_text("A host lets you in soon")
    banner = teacher.page.get_by_test_id("knock-banner")
    expect(banner).to_contain_text("Li waits at the door", timeout=WAIT_MS)
    assert teacher.page.get_by_test_id("tile").count() == 1, "who waits is not in the room"

    # A reload keeps the place: there is still one person at the door.
    li.page.reload()
    expect(li.page.get_by_test_id("join-button")).to_be_enabled(timeout=WAIT_MS)
    knock(li)
    expect(banner).to_contain_text("Li waits at the door")

    # What is turned off at the door is off in the room.
    li.press("camera-button")
    admit = teacher.page.get_by_test_id("knock-admit")
    admit.focus()
    teacher.page.keyboard.press("Enter")
    expect_in(li)
    expect(banner).to_have_count(0, timeout=WAIT_MS)
    expect(teacher.tile_of("Li")).to_have_count(1, timeout=WAIT_MS)
    teacher.expect_no_picture("Li")
    li.expect_picture("Teacher")

    # Who is in comes back from a reload without waiting; so does the host, and its rule holds.
    li.page.reload()
    li.join()
    teacher.page.reload()
    teacher.join()
    mo, bo = come("Mo"), come("Bo")
    expect(banner).to_contain_text("2 people wait", timeout=WAIT_MS)
    open_lobby(teacher)
    panel = teacher.page.get_by_test_id("lobby-panel")
    expect(panel.locator("[data-waiting]")).to_have_count(2, timeout=WAIT_MS)
    panel.locator("[data-waiting]").filter(has_text="Mo").get_by_test_id("refuse-button").click()
    teacher.page.get_by_test_id("refuse-message").fill("Come tomorrow at ten.")
    teacher.press("refuse-confirm")
    expect(mo.page.get_by_test_id("hosts-words")).to_have_text(
        "Come tomorrow at ten.", timeout=WAIT_MS
    )
    expect(panel.locator("[data-waiting]")).to_have_count(1, timeout=WAIT_MS)
    panel.get_by_test_id("admit-button").click()
    expect_in(bo)
    bo.expect_picture("Teacher")


def test_removed_waits_banned_stays_out_and_a_patrol_is_not_seen(enter: Enter, come: Come) -> None:
    teacher, li, mo = enter("Teacher", "host"), enter("Li"), enter("Mo")
    patrol = enter("Patrol", "observer")
    patrol.expect_picture("Teacher")
    for guest in (teacher, li, mo):
        expect(guest.page.get_by_test_id("tile")).to_have_count(3, timeout=WAIT_MS)

    teacher.press("people-button")
    people = teacher.page.get_by_test_id("people-panel")
    person(people, "Li").click()
    teacher.page.get_by_role("button", name="Remove", exact=True).click()
    teacher.press("remove-confirm")
    expect(li.page.get_by_test_id("goodbye")).to_have_attribute(
        "data-code", "removed", timeout=WAIT_MS
    )
    li.page.reload()
    knock(li)
    assert reason(li.page) == "lobby.removed"

    person(people, "Mo").click()
    teacher.press("ban-button")
    teacher.press("ban-confirm")
    expect(mo.page.get_by_test_id("goodbye")).to_have_attribute(
        "data-code", "banned", timeout=WAIT_MS
    )
    mo.page.reload()
    mo.press("join-button")
    expect(mo.page.get_by_role("alert")).to_contain_text("keeps you out", timeout=WAIT_MS)

    open_lobby(teacher)
    panel = teacher.page.get_by_test_id("lobby-panel")
    expect(panel).to_contain_text("was removed before")
    panel.get_by_test_id("admit-button").click()
    expect_in(li)
    panel.get_by_label("Lift the ban on Mo").click()
    mo.page.reload()
    mo.join()
    panel.get_by_test_id("lobby-shows_patrol").click()
    expect(panel).to_contain_text("Looks on unseen: Patrol", timeout=WAIT_MS)


# Counts what would be heard: each tap at the door is one oscillator.
_COUNT_TAPS = """() => {
  window.taps = 0;
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...rest) {
    window.taps += 1;
    return start.apply(this, rest);
  };
}"""


def test_a_knock_is_heard_and_keeps_the_keyboard_where_it_was(enter: Enter, come: Come) -> None:
    teacher = enter("Teacher", "host")
    teacher.page.evaluate(_COUNT_TAPS)
    open_lobby(teacher)
    teacher.press("lobby-waiting_room")
    teacher.page.keyboard.press("Escape")
    li, mo = come("Li"), come("Mo", phone=True)
    banner = teacher.page.get_by_test_id("knock-banner")
    expect(banner).to_contain_text("2", timeout=WAIT_MS)
    assert teacher.page.evaluate("window.taps") >= 2, "a knock is two taps"

    teacher.page.get_by_test_id("knock-admit-all").focus()
    teacher.page.keyboard.press("Enter")
    expect_in(li)
    expect_in(mo)
    expect(banner).to_have_count(0, timeout=WAIT_MS)
    on_the_way = teacher.page.locator(":focus")
    expect(on_the_way).to_have_attribute("data-testid", re.compile("lobby-button|more-button"))

    open_lobby(teacher)
    sound = teacher.page.get_by_test_id("lobby-knock-sound")
    sound.click()
    expect(sound).to_have_attribute("aria-checked", "false")
    before = teacher.page.evaluate("window.taps")
    come("Wu")
    expect(teacher.page.get_by_test_id("lobby-panel")).to_contain_text("Wu", timeout=WAIT_MS)
    assert teacher.page.evaluate("window.taps") == before
