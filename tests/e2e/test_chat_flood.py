"""A chat in which many talk: the page draws the messages, and nothing else for them."""

import pytest
from e2e.conftest import node_link
from e2e.flood import Flood, hold_socket
from e2e.guest import WAIT_MS, Guest
from e2e.running_node import RunningNode
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

PEOPLE, PER_S = 10_000, 50
MESSAGES = 100
# The page around everything, a tile, one message's frame, and the message of another person.
PAGE, TILE, LIST, MESSAGE = "room-page ", "tile-overlays", "messages-frame", "message-author"


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
def test_a_message_draws_nothing_but_the_chat(
    node: RunningNode, chromium: Browser, *, is_open: bool
) -> None:
    context = chromium.new_context(permissions=["camera", "microphone"], locale="zh-CN")
    guest = Guest(context, "Teacher", has_camera=False)
    hold_socket(guest.page)
    guest.open(node_link(node, "Teacher", "host", "briefing", None))
    guest.join()
    expect(guest.page.get_by_test_id("chat-button")).to_be_visible(timeout=WAIT_MS)
    if is_open:
        guest.open_chat()
    flood = Flood(guest.page)
    flood.bring(PEOPLE)
    flood.say(300, per_s=1000)  # From here on the list is as long as it gets.
    guest.page.wait_for_timeout(1000)

    quiet_s = flood.main_thread_s
    guest.page.wait_for_timeout(MESSAGES * 1000 / PER_S)
    before_s = flood.main_thread_s
    flood.say(MESSAGES, per_s=PER_S)
    busy_ms = (flood.main_thread_s - before_s) * 1000 / MESSAGES
    idle_ms = (before_s - quiet_s) * 1000 / MESSAGES
    with flood.counted(PAGE, TILE, LIST, MESSAGE) as calls:
        flood.say(MESSAGES, per_s=PER_S)
    print(f"{busy_ms:.2f} ms for each message ({idle_ms:.2f} of them without any)")
    print(f"drawn for {MESSAGES}: {calls}")

    assert guest.page.evaluate("emporion.room.roster.participants.length") == PEOPLE + 1
    # Links and voices are told of now and then, and are drawn.
    assert calls[PAGE] <= MESSAGES / 5
    assert calls[TILE] <= MESSAGES / 5
    # One message more, and its neighbours: not all that stand there already.
    assert calls[MESSAGE] <= (3 * MESSAGES if is_open else 0)
    if is_open:
        newest = guest.page.get_by_test_id("chat-message").last
        expect(newest).to_contain_text(f"{MESSAGES - 1}")
        assert 0 < calls[LIST] <= MESSAGES / 2  # Some together: nobody reads them apart.
    else:
        badge = guest.page.get_by_test_id("chat-button").locator(".badge")
        expect(badge).to_have_attribute("data-count", "99+")
    context.close()
    assert guest.errors == []
