"""One screen at a time, and the sharer's own sound with it."""

import pytest

from emporion.engine.media import Source
from emporion.plugins.screen_share import ScreenShare
from emporion.plugins.testing import RehearsalDenied, RehearsalRoom, check_plugin


def test_keeps_the_contract() -> None:
    check_plugin(ScreenShare)


def test_second_sharer_is_denied_by_name() -> None:
    room = RehearsalRoom(ScreenShare, name="screen_share")
    ana, li = room.join("ana"), room.join("li")
    room.publish(ana, Source.SCREEN)
    room.publish(ana, Source.SCREEN_AUDIO)
    for source in (Source.SCREEN, Source.SCREEN_AUDIO):
        with pytest.raises(RehearsalDenied) as denied:
            room.publish(li, source)
        assert denied.value.denial.code == "screen_share.taken"
        assert denied.value.denial.retryable
        assert "Ana" in denied.value.denial.message


def test_cameras_and_microphones_are_free() -> None:
    room = RehearsalRoom(ScreenShare, name="screen_share")
    ana, li = room.join("ana"), room.join("li")
    room.publish(ana, Source.SCREEN)
    room.publish(li, Source.CAMERA)
    room.publish(li, Source.MICROPHONE)
