"""Microphone, camera and screen are switched in one page; the others' decoders tell the effect."""

import pytest
from e2e.conftest import Enter
from e2e.guest import WAIT_MS
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FRAMES_IN_2_S = 15  # Of 40 that are sent: two browsers encode and decode on two busy cores.


@pytest.mark.no_cameras
def test_a_muted_microphone_is_silent_until_it_is_unmuted(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    merchant.wait_rising("audio", "energy", by=0.001)

    teacher.press("mic-button")
    expect(merchant.tile_of("Teacher").get_by_label("Microphone off")).to_be_visible(
        timeout=WAIT_MS
    )
    assert merchant.rise("audio", "packets", in_ms=1000) == 0

    teacher.press("mic-button")
    merchant.wait_rising("audio", "energy", by=0.001)


def test_a_camera_that_is_off_shows_no_picture_and_comes_back(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    merchant.expect_picture("Teacher")

    teacher.press("camera-button")
    merchant.expect_no_picture("Teacher")
    assert merchant.rise("video", "packets", in_ms=1000) == 0

    teacher.press("camera-button")
    merchant.expect_picture("Teacher")
    merchant.wait_rising("video", "framesDecoded", by=20)


@pytest.mark.no_cameras
def test_a_host_mutes_a_merchant_who_may_unmute(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    teacher.wait_rising("audio", "energy", by=0.001)

    teacher.press("people-button")
    people = teacher.page.get_by_test_id("people-panel")
    people.get_by_role("button", name="Mute Merchant").click()

    expect(merchant.page.get_by_test_id("mic-button")).to_have_attribute(
        "title", "Turn microphone on", timeout=WAIT_MS
    )
    assert teacher.rise("audio", "packets", in_ms=1000) == 0
    merchant.press("mic-button")
    teacher.wait_rising("audio", "energy", by=0.001)


def test_a_shared_screen_is_shown_sharp_and_only_one_at_a_time(enter: Enter) -> None:
    teacher = enter("Teacher", "host")
    merchant = enter("Merchant")
    merchant.expect_picture("Teacher")

    teacher.press("screen-button")
    merchant.expect_picture("Teacher", source="screen_share")
    shared = teacher.page.evaluate(
        "window.emporion.room.outbound('screen_share').track.getSettings().width"
    )
    merchant.wait_widest(shared)

    merchant.press("screen-button")
    expect(
        merchant.page.get_by_role("alert").or_(merchant.page.get_by_role("status"))
    ).to_contain_text(["shar"], timeout=WAIT_MS)
    expect(teacher.tile_of("Merchant", "screen_share")).to_have_count(0)

    teacher.press("screen-button")
    expect(merchant.tile_of("Teacher", "screen_share")).to_have_count(0, timeout=WAIT_MS)


def test_a_smaller_tile_gets_a_smaller_layer_and_the_picture_goes_on(enter: Enter) -> None:
    enter("Teacher", "host")
    merchant = enter("Merchant")
    merchant.wait_widest(640)
    merchant.page.set_viewport_size({"width": 360, "height": 500})
    merchant.wait_narrower(640)
    assert merchant.rise("video", "framesDecoded", in_ms=2000) >= FRAMES_IN_2_S
