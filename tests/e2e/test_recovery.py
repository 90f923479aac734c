"""What goes wrong during a call, and what the people in it notice: as little as possible."""

import pytest
from e2e.breaking import crash
from e2e.conftest import Enter
from e2e.guest import WAIT_MS
from e2e.running_node import RunningNode
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FRAMES_IN_2_S = 15  # Of 40 that are sent: two browsers encode and decode on two busy cores.
AUDIO_PACKETS_IN_2_S = 85  # Of 100.


def test_a_crash_of_the_room_costs_no_media_and_no_word(enter: Enter, node: RunningNode) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    merchant.expect_picture("Teacher")
    teacher.say("before the crash")
    merchant.expect_message("before the crash")
    merchant.wait_rising("audio", "energy", by=0.001)

    crash(node, "/room")

    heard, seen = merchant.rises([("audio", "packets"), ("video", "framesDecoded")], in_ms=2000)
    assert heard >= AUDIO_PACKETS_IN_2_S
    assert seen >= FRAMES_IN_2_S
    merchant.say("after the crash")
    teacher.expect_message("before the crash")
    teacher.expect_message("after the crash")
    enter("Late").expect_message("before the crash")


@pytest.mark.no_cameras
def test_a_crash_of_the_chat_loses_no_message(enter: Enter, node: RunningNode) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    teacher.say("one")
    merchant.expect_message("one")

    crash(node, "/chat")
    merchant.say("two")

    teacher.expect_message("two")
    late = enter("Late")
    late.expect_message("one")
    late.expect_message("two")


def test_a_lost_connection_is_resumed_and_its_media_never_stops(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    merchant.expect_picture("Teacher")

    merchant.context.set_offline(True)
    merchant.page.evaluate("window.emporion.room.loseSocket()")
    expect(merchant.page.get_by_test_id("reconnect-banner")).to_be_visible(timeout=WAIT_MS)
    teacher.say("while you were away")
    heard, seen = merchant.rises([("audio", "packets"), ("video", "framesDecoded")], in_ms=2000)
    assert heard >= AUDIO_PACKETS_IN_2_S
    assert seen >= FRAMES_IN_2_S
    merchant.context.set_offline(False)

    expect(merchant.page.get_by_test_id("reconnect-banner")).to_have_count(0, timeout=WAIT_MS)
    merchant.expect_message("while you were away")
    assert teacher.tile_of("Merchant").count() == 1


def test_a_reloaded_page_takes_its_place_again(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    teacher.say("hello")
    merchant.expect_message("hello")

    merchant.page.reload()
    merchant.join()

    merchant.expect_message("hello")
    merchant.expect_picture("Teacher")
    teacher.expect_picture("Merchant")
    assert teacher.tile_of("Merchant").count() == 1


def test_joining_twice_takes_over_the_first_window_and_says_so(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    first = enter("Merchant")
    second = enter("Merchant")

    expect(first.page.get_by_test_id("goodbye")).to_be_visible(timeout=WAIT_MS)
    expect(first.page.get_by_test_id("goodbye")).to_contain_text("another")
    second.expect_picture("Teacher")
    assert teacher.tile_of("Merchant").count() == 1
