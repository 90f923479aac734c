"""A share: captured and heard, magnified with two fingers, and drawn on while it is large."""

from typing import Any

import pytest
from e2e.conftest import Enter
from e2e.drawing import Sheet
from e2e.guest import WAIT_MS, Guest
from e2e.test_annotate import SCREEN, place_of_ink, screen_of
from e2e.test_screen_share import zoom_of
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.no_cameras]

# The picker notes what it is asked for, and gives a tone with the picture if the browser gives no
# sound: without a desktop there is none to be had.
_NOTING_PICKER = """() => {
  const { mediaDevices } = navigator;
  const pick = mediaDevices.getDisplayMedia.bind(mediaDevices);
  mediaDevices.getDisplayMedia = async (options) => {
    window.askedPicker = options;
    const stream = await pick(options);
    if (stream.getAudioTracks().length === 0) {
      const context = new AudioContext();
      const [tone, heard] = [context.createOscillator(), context.createMediaStreamDestination()];
      tone.connect(heard);
      tone.start();
      stream.addTrack(heard.stream.getAudioTracks()[0]);
    }
    return stream;
  };
}"""

# How many frames a second of the share are encoded, counted over a time.
_FRAMES_PER_S = """async (seconds) => {
  const { sender } = window.emporion.pc.getTransceivers().find(({ sender }) =>
    sender.track !== null && sender.track.contentHint === 'text');
  const frames = async () => Math.max(...[...(await sender.getStats()).values()]
    .filter((s) => s.type === 'outbound-rtp').map((s) => s.framesEncoded));
  const before = await frames();
  await new Promise((done) => setTimeout(done, seconds * 1000));
  return (await frames() - before) / seconds;
}"""

SILENT = 1e-6


def be_silent(*guests: Guest) -> None:
    """Turn the microphones off."""
    for guest in guests:
        button = guest.page.get_by_test_id("mic-button")
        if button.get_attribute("data-on") == "true":
            button.click()
        expect(button).to_have_attribute("data-on", "false")


def expect_silence(*guests: Guest) -> None:
    for guest in guests:
        guest.page.wait_for_timeout(1_000)
        assert guest.rise("audio", "energy", in_ms=500) < SILENT


def test_a_share_is_captured_to_be_read_and_its_sound_is_heard(enter: Enter) -> None:
    teacher, merchant, third = enter("Teacher", "host"), enter("Merchant"), enter("Third")
    be_silent(teacher, merchant, third)
    expect_silence(teacher, merchant, third)
    teacher.page.evaluate(_NOTING_PICKER)
    teacher.press("screen-button")
    for guest in (merchant, third):
        guest.expect_picture("Teacher", source="screen_share")
        guest.wait_rising("audio", "energy", by=0.001)

    asked: dict[str, Any] = teacher.page.evaluate("window.askedPicker")
    assert asked["video"]["frameRate"] == {"max": 15}
    assert (asked["video"]["width"], asked["video"]["height"]) == ({"max": 1920}, {"max": 1080})
    assert asked["systemAudio"] == "include"
    assert not any(asked["audio"].values()), "nothing of a film is noise"
    assert teacher.page.evaluate(_FRAMES_PER_S, 3) <= 16

    late = enter("Late")
    be_silent(late)
    late.wait_rising("audio", "energy", by=0.001)
    third.page.reload()
    third.join()
    be_silent(third)
    third.wait_rising("audio", "energy", by=0.001)
    teacher.press("screen-button")
    expect(merchant.tile_of("Teacher", "screen_share")).to_have_count(0, timeout=WAIT_MS)
    expect_silence(merchant)


def test_two_fingers_magnify_a_share_and_marks_stay_in_their_place(enter: Enter) -> None:
    teacher, merchant, third = enter("Teacher", "host"), enter("Merchant"), enter("Third")
    merchant.press("screen-button")
    for guest in (teacher, third):
        expect(screen_of(guest).locator("[data-covered='false']")).to_be_visible(timeout=WAIT_MS)
    screen_of(teacher).get_by_test_id("annotate-button").click()
    drawn, seen = Sheet(teacher, SCREEN), Sheet(third, SCREEN)
    drawn.drag((0.3, 0.3), (0.7, 0.3), (0.7, 0.6))
    seen.expect_items(1)

    zoom = zoom_of(third, "Merchant")
    expect(zoom).to_have_attribute("data-scale", "1.00")
    seen.touch(((0.45, 0.5), (0.3, 0.5)), ((0.55, 0.5), (0.7, 0.5)))
    scale = float(zoom.get_attribute("data-scale") or "0")
    assert scale > 2, "two fingers that go apart magnify"
    expect(zoom_of(teacher, "Merchant")).to_have_attribute("data-scale", "1.00")
    assert ink_on_picture(seen) == pytest.approx([0.3, 0.3, 0.7, 0.6], abs=0.03)

    # What is drawn on a magnified picture is where it was drawn.
    for _ in range(2):
        screen_of(teacher).get_by_test_id("zoom_in").click()
    expect(zoom_of(teacher, "Merchant")).to_have_attribute("data-scale", "2.25")
    teacher.press("tool-undo")
    seen.expect_items(0)
    drawn.drag((0.4, 0.45), (0.6, 0.45), (0.6, 0.55))
    late = enter("Late")
    for sheet in (drawn, seen, Sheet(late, SCREEN), Sheet(merchant, SCREEN)):
        sheet.expect_items(1)
        assert ink_on_picture(sheet) == pytest.approx([0.4, 0.45, 0.6, 0.55], abs=0.03)
    third.page.reload()
    third.join()
    seen.expect_items(1)
    assert ink_on_picture(seen) == pytest.approx([0.4, 0.45, 0.6, 0.55], abs=0.03)


# Where a canvas lies on its picture, both as they are on the screen.
_CANVAS_ON_PICTURE = """(canvas) => {
  const video = canvas.closest('.tile-zoom').querySelector('video');
  const [box, ink] = [video.getBoundingClientRect(), canvas.getBoundingClientRect()];
  const { videoWidth: across, videoHeight: down } = video;
  const ratio = Math.min(box.width / across, box.height / down);
  const [width, height] = [across * ratio, down * ratio];
  const left = box.left + (box.width - width) / 2;
  const top = box.top + (box.height - height) / 2;
  const corner = [(ink.left - left) / width, (ink.top - top) / height];
  return [...corner, ink.width / width, ink.height / height];
}"""


def ink_on_picture(sheet: Sheet) -> list[float]:
    """Where the ink is, as shares of the picture that is shown."""
    share = place_of_ink(sheet)
    canvas = sheet.surface.locator(".surface-standing")
    left, top, width, height = canvas.evaluate(_CANVAS_ON_PICTURE)
    return [
        left + share[0] * width,
        top + share[1] * height,
        left + share[2] * width,
        top + share[3] * height,
    ]
