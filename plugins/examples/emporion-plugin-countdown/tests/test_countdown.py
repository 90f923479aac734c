"""The countdown: hosts start it, everybody has the same end, late or not."""

import pytest
from emporion_plugin_countdown import Countdown

from emporion.engine.errors import RequestDenied
from emporion.plugins.testing import RehearsalRoom, check_plugin


def test_keeps_the_contract() -> None:
    check_plugin(Countdown, name="countdown")


async def test_a_late_joiner_sees_the_same_end() -> None:
    room = RehearsalRoom(Countdown, name="countdown")
    teacher = room.join("teacher", role="host")
    room.now_us = 5_000_000
    await room.request(teacher, type="start", seconds=60)
    late = room.join("late")
    assert room.view(late) == room.view(teacher) == {"ends_at_us": 65_000_000}
    assert room.replayed() == room.state


async def test_a_merchant_starts_nothing() -> None:
    room = RehearsalRoom(Countdown, name="countdown")
    merchant = room.join("merchant")
    with pytest.raises(RequestDenied) as denied:
        await room.request(merchant, type="start", seconds=60)
    assert denied.value.code == "countdown.not_host"
    assert room.state == 0
