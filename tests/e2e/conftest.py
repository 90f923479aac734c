"""A real node and real Chromiums for the tests of this folder."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e.guest import Guest
from e2e.running_node import RunningNode
from playwright.sync_api import Browser, sync_playwright

from emporion.engine.config import Config, HttpConfig, MediaConfig, MetricsConfig, NodeConfig
from emporion.engine.grants import RoleName
from emporion.engine.log import configure_logging
from emporion.web.tokens import GrantClaims, make_token

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",  # Chromium gathers no loopback candidates without it.
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=20",
    "--auto-accept-this-tab-capture",
]

Enter = Callable[..., Guest]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests with browsers last: from the first one on, Playwright has an asyncio loop running
    in this thread, and participants of aiortc cannot have theirs.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def node_config(tmp_path: Path) -> Config:
    """A node on loopback, on free ports, that ends quickly."""
    return Config(
        node=NodeConfig(data_dir=str(tmp_path / "data"), stop_grace_s=1.0),
        http=HttpConfig(host="127.0.0.1", port=0),
        media=MediaConfig(host="127.0.0.1", port=0),
        metrics=MetricsConfig(port=0),
    )


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RunningNode]:
    configure_logging("warning", json=True, stream=sys.stderr)
    with RunningNode(node_config(tmp_path), tmp_path / "data") as node:
        yield node


@pytest.fixture
def enter(request: pytest.FixtureRequest, node: RunningNode, chromium: Browser) -> Iterator[Enter]:
    """Let somebody into a room through the pages; everybody's page must end without an error."""
    guests: list[Guest] = []
    has_cameras = request.node.get_closest_marker("no_cameras") is None

    def enter(
        name: str,
        role: RoleName = "merchant",
        *,
        template: str = "class",
        shared_as: str | None = None,
        query: str = "",
    ) -> Guest:
        context = chromium.new_context(
            permissions=["camera", "microphone"],
            locale="en-US",
            viewport={"width": 1280, "height": 800},
        )
        guest = Guest(context, name, has_camera=has_cameras)
        guests.append(guest)
        guest.open(node_link(node, name, role, template, shared_as, query))
        guest.join()
        return guest

    yield enter
    for guest in guests:
        guest.context.close()
    assert [error for guest in guests for error in guest.errors] == []


def node_link(
    node: RunningNode,
    name: str,
    role: RoleName,
    template: str,
    shared_as: str | None,
    query: str = "",
) -> str:
    """The link for one person, as a platform's backend would make it, or for many."""
    key_id, secret = next(iter(node.node.auth.keys.items()))
    token = make_token(
        key_id,
        secret.reveal(),
        identity=shared_as or name.lower(),
        name=None if shared_as else name,
        is_shared=shared_as is not None,
        expires_at_unix_s=time.time() + 3600,
        grants=GrantClaims(room="demo", room_join=True, role=role, template=template),
    )
    return f"{node.origin}/{query}#{token}"
