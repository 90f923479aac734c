"""Coming in: the waiting room, as the host keeps it and as those see it who wait."""

from e2e.guest import WAIT_MS, Guest
from e2e.panels import open_panel
from playwright.sync_api import expect


def keep_waiting(host: Guest, *, is_on: bool = True) -> None:
    """Let all who come from now on wait until a host admits them, or wait no more."""
    open_panel(host, "lobby")
    switch = host.page.get_by_test_id("lobby-waiting_room")
    before, after = ("false", "true") if is_on else ("true", "false")
    expect(switch).to_have_attribute("aria-checked", before, timeout=WAIT_MS)
    switch.click()
    expect(switch).to_have_attribute("aria-checked", after, timeout=WAIT_MS)
    host.page.keyboard.press("Escape")


def knock(guest: Guest) -> None:
    guest.press("join-button")
    expect(guest.page.get_by_test_id("door-page")).to_be_visible(timeout=WAIT_MS)


def expect_inside(guest: Guest) -> None:
    expect(guest.page.get_by_test_id("leave-button")).to_be_visible(timeout=WAIT_MS)


def expect_goodbye(guest: Guest, code: str) -> None:
    goodbye = guest.page.get_by_test_id("goodbye")
    expect(goodbye).to_have_attribute("data-code", code, timeout=WAIT_MS)


def come_again(guest: Guest) -> None:
    """Reload the page and go back in."""
    guest.page.reload()
    expect(guest.page.get_by_test_id("join-button")).to_be_enabled(timeout=WAIT_MS)
    guest.join()
