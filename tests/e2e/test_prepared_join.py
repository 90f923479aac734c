"""The media path is up before the click on Join; nobody knows, and nothing depends on it."""

import pytest
from e2e.conftest import Enter, node_link
from e2e.guest import WAIT_MS, Guest
from e2e.running_node import RunningNode
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


def at_the_mirror(node: RunningNode, browser: Browser, name: str) -> Guest:
    """Somebody on the join page, whose media is connected."""
    context = browser.new_context(
        permissions=["camera", "microphone"], locale="en-US", bypass_csp=True
    )
    guest = Guest(context, name)
    guest.open(node_link(node, name, "merchant", "class", None))
    wait_connected(guest)
    return guest


def wait_connected(guest: Guest) -> None:
    guest.page.wait_for_function(
        "window.emporion.room.media.state === 'connected'", timeout=WAIT_MS
    )


def test_before_the_click_nobody_sees_who_is_connected_and_nothing_is_sent(
    enter: Enter, node: RunningNode, chromium: Browser
) -> None:
    teacher = enter("Teacher", "host")
    merchant = at_the_mirror(node, chromium, "Merchant")

    merchant.page.wait_for_timeout(500)
    assert merchant.total("video", "packets") == merchant.total("audio", "packets") == 0
    expect(teacher.tile_of("Merchant")).to_have_count(0)
    merchant.page.evaluate("void (window.prepared = window.emporion.pc)")

    merchant.join()
    merchant.expect_picture("Teacher")
    teacher.expect_picture("Merchant")
    assert merchant.page.evaluate("window.prepared === window.emporion.pc")
    assert merchant.errors == []
    merchant.context.close()


def test_a_connection_lost_before_the_click_is_no_loss(
    enter: Enter, node: RunningNode, chromium: Browser
) -> None:
    """The path went with it: the page makes another one, at the latest for the click."""
    enter("Teacher", "host")
    merchant = at_the_mirror(node, chromium, "Merchant")

    merchant.page.evaluate("window.emporion.room.loseSocket()")
    merchant.join()

    merchant.expect_picture("Teacher")
    assert merchant.errors == []
    merchant.context.close()


def test_a_connection_lost_in_the_click_is_no_loss(
    enter: Enter, node: RunningNode, chromium: Browser
) -> None:
    enter("Teacher", "host")
    merchant = at_the_mirror(node, chromium, "Merchant")

    merchant.page.evaluate(
        "void window.emporion.call.join().then(() => window.emporion.room.loseSocket())"
    )
    expect(merchant.page.get_by_test_id("leave-button")).to_be_visible(timeout=WAIT_MS)

    merchant.expect_picture("Teacher")
    assert merchant.errors == []
    merchant.context.close()
