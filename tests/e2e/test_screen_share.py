"""Screens: a host asks for one and gets it with one tap; viewers look closer, each for itself."""

import re

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from playwright.sync_api import Locator, expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]


def open_person(host: Guest, name: str) -> None:
    if not host.page.get_by_test_id("people-panel").is_visible():
        host.press("people-button")
    host.page.get_by_role("button", name=f"{name}: rights").click()


def ask(host: Guest, name: str) -> Locator:
    """Ask somebody to share, in the teacher's console; returns the button."""
    open_person(host, name)
    button = host.page.get_by_test_id("ask-to-share")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    return button


def expect_no_screen(guest: Guest, name: str) -> None:
    expect(guest.tile_of(name, "screen_share")).to_have_count(0, timeout=WAIT_MS)


def zoom_of(guest: Guest, name: str) -> Locator:
    return guest.tile_of(name, "screen_share").locator(".tile-zoom")


def test_who_is_asked_shows_its_screen_with_one_tap_in_the_place_of_the_teachers(
    enter: Enter,
) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    third = enter("Third")
    teacher.press("screen-button")
    merchant.expect_picture("Teacher", source="screen_share")
    third.press("screen-button")  # Nobody has asked this one.
    expect(third.page.locator(".toast")).to_be_visible(timeout=WAIT_MS)

    ask(teacher, "Merchant")
    expect(third.page.get_by_test_id("share-asked")).to_have_count(0)
    merchant.page.reload()
    expect(merchant.page.get_by_test_id("join-button")).to_be_enabled(timeout=WAIT_MS)
    merchant.join()
    expect(merchant.page.get_by_test_id("share-asked")).to_contain_text("Teacher", timeout=WAIT_MS)
    merchant.press("share-accept")

    for guest in (teacher, third):
        guest.expect_picture("Merchant", source="screen_share")
        expect_no_screen(guest, "Teacher")
    expect(teacher.page.get_by_test_id("sharing-banner")).to_have_count(0)
    expect(merchant.page.get_by_test_id("share-asked")).to_have_count(0, timeout=WAIT_MS)
    late = enter("Late")
    late.expect_picture("Merchant", source="screen_share")

    # What is shared is said by its owner, also later.
    merchant.press("share-motion")
    expect(merchant.page.get_by_test_id("share-motion")).to_have_attribute("aria-pressed", "true")
    hint = "window.emporion.room.outbound('screen_share').track.contentHint"
    assert merchant.page.evaluate(hint) == "motion"

    # A host ends it; the one who shared is told, and nothing is captured any more.
    open_person(teacher, "Merchant")
    teacher.page.get_by_role("button", name="End the screen share of Merchant").click()
    expect_no_screen(late, "Merchant")
    expect(merchant.page.locator(".toast")).to_be_visible(timeout=WAIT_MS)
    assert merchant.page.evaluate("window.emporion.call.screen.isOn") is False


def test_who_says_no_or_nothing_is_not_waited_for(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    asked = ask(teacher, "Merchant")
    expect(merchant.page.get_by_test_id("share-asked")).to_be_visible(timeout=WAIT_MS)
    merchant.press("share-decline")
    expect(teacher.page.locator(".toast")).to_contain_text("Merchant", timeout=WAIT_MS)
    expect(asked).to_have_attribute("aria-pressed", "false", timeout=WAIT_MS)

    asked.click()
    expect(merchant.page.get_by_test_id("share-asked")).to_be_visible(timeout=WAIT_MS)
    expect(asked).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
    asked.click()
    expect(merchant.page.get_by_test_id("share-asked")).to_have_count(0, timeout=WAIT_MS)


def test_viewers_look_closer_each_for_themselves(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    third = enter("Third")
    teacher.press("screen-button")
    for guest in (merchant, third):
        guest.expect_picture("Teacher", source="screen_share")

    zoom = zoom_of(merchant, "Teacher")
    expect(zoom).to_have_attribute("data-scale", "1.00")
    merchant.press("zoom_in")
    expect(zoom).to_have_attribute("data-scale", "1.50")
    box = merchant.tile_of("Teacher", "screen_share").bounding_box()
    assert box is not None
    merchant.page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
    merchant.page.mouse.wheel(0, -400)
    expect(zoom).not_to_have_attribute("data-scale", "1.50")
    before = zoom.get_attribute("style")
    merchant.page.mouse.down()
    merchant.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    merchant.page.mouse.up()
    expect(zoom).not_to_have_attribute("style", before or "")
    expect(zoom_of(third, "Teacher")).to_have_attribute("data-scale", "1.00")

    merchant.page.get_by_role("button", name="Show the whole screen").click()
    expect(zoom).to_have_attribute("data-scale", "1.00")
    merchant.page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(zoom).to_have_attribute("data-scale", re.compile(r"^2\.50$"))
