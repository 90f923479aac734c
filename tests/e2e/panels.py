"""Opening what stands beside the stage, wherever its button is."""

from e2e.guest import Guest


def open_panel(guest: Guest, panel: str) -> None:
    """Open a panel, unless it is open."""
    page = guest.page
    if page.get_by_test_id(f"{panel}-panel").is_visible():
        return
    if not page.get_by_test_id(f"{panel}-button").is_visible():
        guest.press("more-button")
    guest.press(f"{panel}-button")
