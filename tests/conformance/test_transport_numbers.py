"""Whatever goes to a viewer carries the next transport-wide number: one counter for all slots."""

import pytest
from conformance.rig import H264, VP8, Rig, Viewer

from emporion.engine.forward.api import CodecMap


def numbers(viewer: Viewer) -> list[int]:
    """Return those of all packets, in order of sending."""
    return [packet.wide_number for packet in viewer.packets]


@pytest.mark.parametrize("codec", [VP8, H264])
def test_one_counter_for_voices_pictures_and_repetitions(rig: Rig, codec: CodecMap) -> None:
    publisher, viewer = rig.publisher(rids=(), codec=codec), rig.viewer(numbered=True)
    viewer.watch(publisher)
    viewer.listen(publisher)
    publisher.send_frame(keyframe=True)
    for _ in range(5):
        publisher.speak()
        publisher.send_frame()
        viewer.nack(viewer.video, [viewer.received()[-1].sequence_number])
        rig.advance(0.02)
    assert len({packet.packet.ssrc for packet in viewer.packets}) == 3
    assert numbers(viewer) == list(range(len(viewer.packets)))


def test_each_viewer_has_a_counter_of_its_own(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    first, second = rig.viewer(numbered=True), rig.viewer(numbered=True)
    first.watch(publisher)
    publisher.send_frame(keyframe=True)
    second.watch(publisher)
    publisher.send_frame(keyframe=True)
    assert numbers(second)[0] == 0
    assert numbers(first) == list(range(6))


def test_the_number_wraps_within_a_train(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer(numbered=True)
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True, sizes=(100,) * 10)
    sent = 10
    while sent < 65_530:
        publisher.send_frame(sizes=(100,) * 16)
        viewer.take_packets()
        sent += 16
    publisher.send_frame(sizes=(100,) * 16)
    assert numbers(viewer) == [(sent + i) & 0xFFFF for i in range(16)]
    assert len({packet.train for packet in viewer.packets}) == 1


def test_who_did_not_negotiate_it_gets_none(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    assert all(5 not in packet.elements for packet in viewer.packets)
    assert all(3 in packet.elements for packet in viewer.packets), "the send time, for REMB"


def test_packets_of_a_train_stay_equal_in_size(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer(numbered=True)
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True, sizes=(1000, 1000, 1001, 1001))
    assert len({packet.train for packet in viewer.packets}) == 1
    assert len({packet.wire_bytes for packet in viewer.packets}) == 1
