"""The model of a browser's video receiver shows, repairs and asks as a browser does."""

import pytest

from emporion.plugins.simulation.encoder import FramePacket
from emporion.plugins.simulation.slot_receiver import (
    MAX_NACKS,
    REORDERED_S,
    STALLED_S,
    SlotReceiver,
    frozen_s,
)

ROUND_TRIP_S = 0.1


def take_frame(
    receiver: SlotReceiver,
    first: int,
    *,
    serial: int,
    count: int = 1,
    now_s: float = 0.0,
    is_key: bool = False,
    lost: tuple[int, ...] = (),
) -> None:
    for number in range(count):
        if number not in lost:
            packet = FramePacket(serial, number, count, is_key=is_key)
            receiver.take(first + number & 0xFFFF, packet, now_s)


def decoded(receiver: SlotReceiver) -> list[int]:
    return [serial for _, serial in receiver.decoded]


def test_nothing_is_decoded_before_a_key_frame() -> None:
    receiver = SlotReceiver()
    take_frame(receiver, 10, serial=1, count=2)
    assert decoded(receiver) == []
    take_frame(receiver, 12, serial=2, count=2, is_key=True)
    take_frame(receiver, 14, serial=3)
    assert decoded(receiver) == [2, 3]


def test_a_frame_waits_for_what_is_missing_before_it() -> None:
    receiver = SlotReceiver()
    take_frame(receiver, 65_534, serial=1, is_key=True)
    take_frame(receiver, 65_535, serial=2, count=3, lost=(1,))
    take_frame(receiver, 2, serial=3)
    assert decoded(receiver) == [1]
    receiver.take_repaired(0, FramePacket(2, 1, 3, is_key=False), 0.2)
    assert decoded(receiver) == [1, 2, 3]


def test_a_whole_key_frame_leaps_over_what_is_missing() -> None:
    receiver = SlotReceiver()
    take_frame(receiver, 1, serial=1, is_key=True)
    take_frame(receiver, 2, serial=2, count=2, lost=(0,))
    take_frame(receiver, 4, serial=3, count=2, is_key=True)
    assert decoded(receiver) == [1, 3]


def test_what_is_missing_is_asked_for_once_a_round_trip_and_not_for_ever() -> None:
    receiver = SlotReceiver()
    take_frame(receiver, 1, serial=1, is_key=True)
    take_frame(receiver, 4, serial=2)
    assert receiver.nacks(REORDERED_S / 2, ROUND_TRIP_S) == ()  # It may only be late.
    assert receiver.nacks(REORDERED_S, ROUND_TRIP_S) == (2, 3)
    assert receiver.nacks(REORDERED_S + ROUND_TRIP_S / 2, ROUND_TRIP_S) == ()
    times = [receiver.nacks(REORDERED_S + n * ROUND_TRIP_S, ROUND_TRIP_S) for n in range(1, 30)]
    assert times.count((2, 3)) == MAX_NACKS - 1


def test_a_key_frame_is_asked_for_when_packets_come_and_no_picture() -> None:
    receiver = SlotReceiver()
    take_frame(receiver, 1, serial=1)
    assert not receiver.wants_keyframe(STALLED_S / 2)
    assert receiver.wants_keyframe(STALLED_S)
    assert not receiver.wants_keyframe(STALLED_S * 1.5)
    take_frame(receiver, 2, serial=2, is_key=True)
    assert not receiver.wants_keyframe(STALLED_S * 9)


@pytest.mark.parametrize(
    ("shown_s", "until_s", "expected_s"),
    [
        ([0.0, 0.1, 0.2, 0.3], 0.4, 0.0),
        ([0.0, 0.1, 0.2, 1.2], 1.3, 1.0),  # One interval of 1 s, ten times the average.
        ([0.0, 0.1, 0.2, 0.44], 0.5, 0.0),  # Twice the average: no freeze.
        ([0.0, 0.1, 0.2], 2.2, 2.0),  # It stands still at the end.
    ],
)
def test_freezes_as_webrtc_stats_counts_them(
    shown_s: list[float], until_s: float, expected_s: float
) -> None:
    assert frozen_s(shown_s, until_s) == pytest.approx(expected_s)
