"""axe-core finds nothing serious on any screen, in either language, light or dark."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import pytest
from e2e.axe import COLOURS, find_barriers
from e2e.conftest import node_link
from e2e.guest import WAIT_MS, Guest
from e2e.running_node import RunningNode
from e2e.scenes.door import keep_waiting, knock
from e2e.screens import furnish, walk_room
from playwright.sync_api import Browser, expect

from emporion.engine.grants import RoleName

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Look:
    """How somebody has set up the browser."""

    locale: str
    scheme: Literal["light", "dark"]


# On its way from one scheme to the other a colour is of neither.
STOP_TRANSITIONS: Final = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important }");
  document.adoptedStyleSheets = [sheet];
}"""
CHINESE, ENGLISH = Look("zh-CN", "light"), Look("en-US", "dark")


class Inspection:
    """People whose screens are looked at; `found` grows."""

    def __init__(self, node: RunningNode, chromium: Browser, look: Look, template: str) -> None:
        self._node, self._chromium, self._look = node, chromium, look
        self._template = template
        self._guests: list[Guest] = []
        self.found: list[str] = []

    def arrive(self, name: str, role: RoleName = "merchant") -> Guest:
        """Bring somebody to the join page."""
        context = self._chromium.new_context(
            permissions=["camera", "microphone"],
            locale=self._look.locale,
            color_scheme=self._look.scheme,
            reduced_motion="reduce",  # What fades in has no contrast yet.
            viewport={"width": 1280, "height": 800},
        )
        guest = Guest(context, name, has_camera=role == "host")
        self._guests.append(guest)
        guest.open(node_link(self._node, name, role, self._template, None))
        return guest

    def inspect(self, guest: Guest, screen: str) -> None:
        """Look at a screen as it is, and at its colours in the other scheme as well."""
        page, scheme = guest.page, self._look.scheme
        found = find_barriers(page)
        page.evaluate(STOP_TRANSITIONS)
        page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
        found += [f"in the other scheme: {line}" for line in find_barriers(page, COLOURS)]
        page.emulate_media(color_scheme=scheme)
        self.found += [f"{guest.name}, {screen}: {line}" for line in found]

    def inspect_room(self, guest: Guest) -> None:
        for screen in walk_room(guest):
            self.inspect(guest, screen)

    def close(self) -> None:
        for guest in self._guests:
            guest.context.close()


@pytest.fixture
def inspection(
    request: pytest.FixtureRequest, node: RunningNode, chromium: Browser
) -> Iterator[Inspection]:
    inspection = Inspection(node, chromium, *request.param)
    yield inspection
    inspection.close()


def named(case: tuple[Look, str]) -> str:
    look, template = case
    return f"{look.locale}-{look.scheme}-{template}"


# The other templates hold nothing that a class does not, but in another shape.
@pytest.mark.parametrize(
    "inspection",
    [(CHINESE, "class"), (ENGLISH, "class"), (CHINESE, "guidance"), (ENGLISH, "briefing")],
    indirect=True,
    ids=named,
)
def test_no_barrier_in_the_room(inspection: Inspection) -> None:
    teacher, merchant = inspection.arrive("Teacher", "host"), inspection.arrive("Merchant")
    inspection.inspect(merchant, "join")
    for guest in (teacher, merchant):
        guest.join()
    furnish(teacher, merchant)
    for guest in (teacher, merchant):
        inspection.inspect_room(guest)
    teacher.press("leave-button")
    teacher.press("end-for-all")
    expect(merchant.page.get_by_test_id("goodbye")).to_be_visible(timeout=WAIT_MS)
    inspection.inspect(merchant, "goodbye")
    assert not inspection.found, "\n".join(inspection.found)


@pytest.mark.parametrize(
    "inspection", [(CHINESE, "class"), (ENGLISH, "class")], indirect=True, ids=named
)
def test_no_barrier_where_something_stands_large(inspection: Inspection) -> None:
    """At the door, with the board, over a shared screen, without a link."""
    teacher = inspection.arrive("Teacher", "host")
    teacher.join()
    keep_waiting(teacher)
    merchant = inspection.arrive("Merchant")
    knock(merchant)
    inspection.inspect(merchant, "door")
    expect(teacher.page.get_by_test_id("knock-banner")).to_be_visible(timeout=WAIT_MS)
    inspection.inspect(teacher, "knock")
    teacher.press("knock-admit")
    expect(merchant.page.get_by_test_id("leave-button")).to_be_visible(timeout=WAIT_MS)
    teacher.press("board-button")
    for guest in (teacher, merchant):
        expect(guest.page.get_by_test_id("surface")).to_be_visible(timeout=WAIT_MS)
        inspection.inspect(guest, "board")
    for tool in ("looks", "shapes", "more"):
        teacher.press(f"tool-{tool}")
        inspection.inspect(teacher, f"board, {tool}")
        teacher.page.keyboard.press("Escape")
    teacher.press("board-button")
    teacher.press("screen-button")
    merchant.expect_picture("Teacher", source="screen_share")
    for guest in (teacher, merchant):
        inspection.inspect(guest, "share")
    merchant.page.goto("about:blank")
    merchant.page.goto(teacher.page.url.partition("#")[0])
    expect(merchant.page.get_by_role("heading").first).to_be_visible()
    inspection.inspect(merchant, "no link")
    assert not inspection.found, "\n".join(inspection.found)
