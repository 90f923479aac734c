"""A plugin that is installed beside the node, not part of it, is seen with its own panel."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS, Guest
from e2e.running_node import RunningNode
from example_plugins import COUNTDOWN, install
from playwright.sync_api import expect

from emporion.engine.config import (
    CLASS,
    Config,
    HttpConfig,
    MediaConfig,
    MetricsConfig,
    NodeConfig,
    RoomsConfig,
)

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningNode]:
    """A node with the example installed; it takes the place of the usual one."""
    installed = tmp_path / "site"
    install(COUNTDOWN, installed)
    monkeypatch.syspath_prepend(str(installed))
    template = msgspec.structs.replace(CLASS, extra_plugins=("countdown",))
    config = Config(
        node=NodeConfig(data_dir=str(tmp_path / "data"), stop_grace_s=1.0),
        http=HttpConfig(host="127.0.0.1", port=0),
        media=MediaConfig(host="127.0.0.1", port=0),
        metrics=MetricsConfig(port=0),
        rooms=RoomsConfig(templates={"class": template}),
    )
    with RunningNode(config, tmp_path / "data") as node:
        yield node


def open_countdown(guest: Guest) -> None:
    button = guest.page.get_by_test_id("plugin-countdown-button")
    more = guest.page.get_by_test_id("more-button")
    if not button.is_visible() and more.is_visible():
        more.click()
    button.click()


def seconds_left(guest: Guest) -> int:
    minutes, seconds = guest.page.get_by_role("timer").last.inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def expect_running(guest: Guest, *, about_s: int) -> None:
    clock = guest.page.get_by_test_id("plugin-countdown-panel").get_by_role("timer")
    expect(clock).not_to_have_text("0:00", timeout=WAIT_MS)
    assert about_s - 15 <= seconds_left(guest) <= about_s


def test_three_people_see_the_same_clock_early_late_and_after_a_reload(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    for guest in (teacher, merchant):
        open_countdown(guest)
    panel = merchant.page.get_by_test_id("plugin-countdown-panel")
    expect(panel.get_by_role("heading")).to_have_text("Countdown")
    expect(panel.locator(".stranger button")).to_have_count(0)

    teacher.page.get_by_role("button", name="5 min").click()
    for guest in (teacher, merchant):
        expect_running(guest, about_s=300)

    late = enter("Late")
    open_countdown(late)
    expect_running(late, about_s=300)
    assert abs(seconds_left(late) - seconds_left(teacher)) <= 1

    merchant.page.reload()
    expect(merchant.page.get_by_test_id("join-button")).to_be_enabled(timeout=WAIT_MS)
    merchant.join()
    open_countdown(merchant)
    expect_running(merchant, about_s=300)
