"""Opening what stands beside the stage, wherever its button is."""

from e2e.guest import WAIT_MS, Guest
from playwright.sync_api import expect


def open_panel(guest: Guest, panel: str) -> None:
    """Open a panel, unless it is open."""
    page = guest.page
    if page.get_by_test_id(f"{panel}-panel").is_visible():
        return
    button, more = page.get_by_test_id(f"{panel}-button"), page.get_by_test_id("more-button")
    # The features come in a file of their own, a moment after the join.
    expect(button.or_(more).first).to_be_visible(timeout=WAIT_MS)
    if not button.is_visible():
        more.click()
    guest.press(f"{panel}-button")


def lose_and_resume(guest: Guest) -> None:
    """Lose the WebSocket, and wait until the page has taken up its place again."""
    guest.page.evaluate(
        """() => new Promise((resumed) => {
             const { room } = window.emporion;
             let isLost = false;
             room.onChange(() => {
               if (room.phase !== "joined") isLost = true;
               else if (isLost) resumed();
             });
             room.loseSocket();
           })"""
    )


def press_control(guest: Guest, test_id: str) -> None:
    """Press a button of the control bar, or of the sheet of those that it has no room for."""
    button, more = guest.page.get_by_test_id(test_id), guest.page.get_by_test_id("more-button")
    expect(button.or_(more).first).to_be_visible(timeout=WAIT_MS)
    if not button.is_visible():
        more.click()
    button.click()
