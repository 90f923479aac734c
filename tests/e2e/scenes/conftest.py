"""People who come to the rooms of the scenes, each through a link and the join page."""

from collections.abc import Callable, Iterator

import pytest
from e2e.conftest import node_link
from e2e.guest import Guest
from e2e.running_node import RunningNode
from playwright.sync_api import Browser, ViewportSize

from emporion.engine.grants import RoleName

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}

Arrive = Callable[..., Guest]


@pytest.fixture
def arrive(node: RunningNode, chromium: Browser) -> Iterator[Arrive]:
    """Bring somebody to the join page; nobody's page may end with an error."""
    guests: list[Guest] = []

    def arrive(
        name: str,
        role: RoleName = "merchant",
        *,
        template: str,
        is_on_phone: bool = False,
        shared_as: str | None = None,
    ) -> Guest:
        context = chromium.new_context(
            permissions=["camera", "microphone"],
            locale="en-US",
            viewport={"width": 390, "height": 844}
            if is_on_phone
            else {"width": 1280, "height": 800},
            has_touch=is_on_phone,
        )
        guest = Guest(context, name)
        guests.append(guest)
        guest.open(node_link(node, name, role, template, shared_as))
        return guest

    yield arrive
    for guest in guests:
        guest.context.close()
    assert [error for guest in guests for error in guest.errors] == []
