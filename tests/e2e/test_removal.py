"""Somebody is put out of a room without a lobby, and let in again."""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from e2e.conftest import Enter, node_config
from e2e.guest import WAIT_MS
from e2e.running_node import RunningNode
from playwright.sync_api import expect

from emporion.engine.config import RoomTemplate
from emporion.engine.log import configure_logging

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RunningNode]:
    configure_logging("warning", json=True, stream=sys.stderr)
    config = node_config(tmp_path)
    plugins = tuple(name for name in RoomTemplate().plugins if name != "lobby")
    rooms = msgspec.structs.replace(
        config.rooms, templates={"class": RoomTemplate(plugins=plugins)}
    )
    with RunningNode(msgspec.structs.replace(config, rooms=rooms), tmp_path / "data") as node:
        yield node


def test_a_host_lets_in_again_whom_they_removed(enter: Enter) -> None:
    teacher, li = enter("Teacher", "host"), enter("Li")
    teacher.press("people-button")
    teacher.page.locator(".person-open").filter(has_text="Li").click()
    teacher.page.get_by_role("button", name="Remove", exact=True).click()
    teacher.press("remove-confirm")
    goodbye = li.page.get_by_test_id("goodbye")
    expect(goodbye).to_have_attribute("data-code", "removed", timeout=WAIT_MS)
    removed = teacher.page.get_by_test_id("removed-people")
    expect(removed).to_contain_text("Li", timeout=WAIT_MS)
    li.page.reload()
    li.press("join-button")
    expect(li.page.get_by_text("A host removed you")).to_be_visible(timeout=WAIT_MS)

    other = enter("Other", "host")
    other.press("people-button")
    expect(other.page.get_by_test_id("removed-people")).to_contain_text("Li", timeout=WAIT_MS)
    teacher.press("readmit-button")
    for host in (teacher, other):
        expect(host.page.get_by_test_id("removed-people")).to_have_count(0, timeout=WAIT_MS)
    li.page.reload()
    li.join()
    expect(teacher.tile_of("Li")).to_be_visible(timeout=WAIT_MS)
