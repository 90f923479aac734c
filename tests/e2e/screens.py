"""Every screen of the pages, opened one after the other: pages, panels and dialogs of a room."""

from collections.abc import Iterator
from typing import Final

from e2e.guest import WAIT_MS, Guest
from e2e.panels import open_panel, press_control
from e2e.test_floor import raise_hand
from e2e.test_polls import make, open_now
from e2e.test_questions import ask
from playwright.sync_api import expect

PANELS: Final = (
    "chat", "people", "questions", "polls", "pulse", "lobby", "courseware", "breakouts",
)  # fmt: skip


def furnish(teacher: Guest, merchant: Guest) -> None:
    """Let there be something on each screen."""
    teacher.say("Welcome! https://shop.example/listing tells how a listing is made, step by step.")
    merchant.expect_message("Welcome!")
    merchant.page.keyboard.press("Escape")
    ask(merchant, "How long does it take until a new product is found in the search?")
    merchant.page.keyboard.press("Escape")
    if merchant.page.get_by_test_id("hand-button").is_visible():  # Two people need no queue.
        raise_hand(merchant)
    make(teacher, "Have you listed a product before?", ("Never", "A few times", "Every week"))
    open_now(teacher)
    teacher.page.keyboard.press("Escape")


def offered_panels(guest: Guest) -> list[str]:
    """The panels that this person has here, in the bar or behind its "more" button."""
    page, more = guest.page, guest.page.get_by_test_id("more-button")
    if more.is_visible():
        more.click()
    offered = [panel for panel in PANELS if page.get_by_test_id(f"{panel}-button").is_visible()]
    if more.is_visible():
        page.keyboard.press("Escape")
    return offered


def walk_room(guest: Guest) -> Iterator[str]:
    """Open what a room has, one thing at a time, and yield its name while it is open."""
    page = guest.page
    yield "room"
    more = page.get_by_test_id("more-button")
    if more.is_visible():
        more.click()
        yield "more"
        page.keyboard.press("Escape")
    for panel in offered_panels(guest):
        open_panel(guest, panel)
        yield panel
        yield from _walk_forms(guest, panel)
        page.keyboard.press("Escape")
        expect(page.get_by_test_id(f"{panel}-panel")).to_have_count(0)
    press_control(guest, "react-button")
    expect(page.get_by_test_id("pulse-pad")).to_be_visible(timeout=WAIT_MS)
    yield "reactions"
    page.keyboard.press("Escape")
    for button, name in (("devices-button", "devices"), ("leave-button", "leave")):
        press_control(guest, button)
        expect(page.locator("dialog[open]")).to_be_visible()
        yield name
        page.keyboard.press("Escape")


def _walk_forms(guest: Guest, panel: str) -> Iterator[str]:
    """What a panel opens in its place, or over itself."""
    page = guest.page
    if panel == "polls" and page.get_by_test_id("new-poll").is_visible():
        guest.press("new-poll")
        yield "poll form"
        guest.press("poll-cancel")
    if panel == "people" and page.locator(".person-open").first.is_visible():
        page.locator(".person-open").last.click()
        expect(page.locator("dialog[open]")).to_be_visible()
        yield "person"
        page.keyboard.press("Escape")
