"""Outbound numbers go on without a gap, over wraps of either side and over switches."""

import pytest
from conformance.rig import Received, Rig


def assert_consecutive(received: list[Received]) -> None:
    numbers = [r.sequence_number for r in received]
    expected = [numbers[0] + i & 0xFFFF for i in range(len(numbers))]
    assert numbers == expected


@pytest.mark.parametrize("start", [65_530, 65_535, 0])
def test_the_source_wraps(rig: Rig, start: int) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.encodings[0].sequence_number = start
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(10)

    assert len(viewer.received()) == 33
    assert_consecutive(viewer.received())


def test_the_slot_wraps(rig: Rig) -> None:
    """Its SRTP roll-over counter goes up as well, or the viewer could not open the packets."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    for _ in range(700):
        publisher.send_frame(sizes=(20,) * 100)

    received = viewer.received()
    assert len(received) == 70_003
    assert_consecutive(received)


def test_switches_leave_no_gap(rig: Rig) -> None:
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    for _ in range(3):
        for publisher in (first, second):
            viewer.watch(publisher)
            publisher.send_frame(keyframe=True)
            publisher.send_frames(2)

    assert len(viewer.received()) >= 6 * 9
    assert_consecutive(viewer.received())


def test_audio_goes_on_over_switches(rig: Rig) -> None:
    first, second, viewer = rig.publisher(), rig.publisher(), rig.viewer()
    for _ in range(3):
        for publisher in (first, second):
            viewer.listen(publisher)
            for _ in range(5):
                publisher.speak()
                rig.advance(0.02)

    assert_consecutive(viewer.received(viewer.audio))
