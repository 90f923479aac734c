"""A viewer's NACK is answered on its RTX stream with the very packet it did not get (RFC 4588)."""

import pytest
from conformance.rig import H264, VP8, Rig

from emporion.engine.forward.api import CodecMap
from emporion.engine.media import TOP_LAYER, Layer


@pytest.mark.parametrize("codec", [VP8, H264])
def test_a_lost_packet_comes_again(rig: Rig, codec: CodecMap) -> None:
    publisher, viewer = rig.publisher(rids=(), codec=codec), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(3)
    for lost in viewer.received():
        viewer.nack(viewer.video, [lost.sequence_number])
        again = viewer.received(rtx=True)[-1]
        assert again.payload[:2] == lost.sequence_number.to_bytes(2, "big")
        assert again.payload[2:] == lost.payload
        assert again.rtp_timestamp == lost.rtp_timestamp
        assert again.packet.marker == lost.packet.marker
        assert again.packet.payload_type == {120: 124, 126: 127}[lost.packet.payload_type]
        assert 3 in again.elements, "the send time is negotiated and must not be missing"


def test_retransmissions_are_numbered_by_themselves(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    numbers = [r.sequence_number for r in viewer.received()]
    viewer.nack(viewer.video, numbers)
    viewer.nack(viewer.video, numbers[:1])
    again = [r.sequence_number for r in viewer.received(rtx=True)]
    assert again == list(range(again[0], again[0] + 4))


def test_each_viewer_gets_its_own_numbers_again(rig: Rig) -> None:
    """The payload is shared: another viewer's picture id must not be left in it."""
    first, second = rig.publisher(rids=()), rig.publisher(rids=())
    early, late = rig.viewer(), rig.viewer()
    early.watch(first)
    first.send_frame(keyframe=True)
    for viewer in (early, late):
        viewer.watch(second)
    second.send_frame(keyframe=True)
    second.send_frames(2)
    for viewer in (early, late):
        for lost in viewer.received()[-6:]:
            viewer.nack(viewer.video, [lost.sequence_number])
            assert viewer.received(rtx=True)[-1].payload[2:] == lost.payload


def test_packets_from_before_a_switch_can_be_had_again(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher, Layer(spatial=0, temporal=2))
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
    lost = viewer.received()[0]
    viewer.watch(publisher, TOP_LAYER)
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
    viewer.nack(viewer.video, [lost.sequence_number])
    assert viewer.received(rtx=True)[-1].payload[2:] == lost.payload


def test_what_was_never_sent_is_not_answered(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    last = viewer.received()[-1].sequence_number
    viewer.nack(viewer.video, [last + 1 & 0xFFFF, last - 500 & 0xFFFF])
    assert viewer.received(rtx=True) == []
    assert rig.forwarder.statistics().retransmissions_missed == 2


def test_what_is_long_ago_is_forgotten(rig: Rig) -> None:
    """Memory is bounded; the viewer asks for a key frame in the end."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    lost = viewer.received()[0].sequence_number
    publisher.send_frames(1000)
    viewer.nack(viewer.video, [lost])
    assert viewer.received(rtx=True) == []


def test_after_an_outage_the_slot_goes_on_at_a_key_frame(rig: Rig) -> None:
    """All that was missed would fill the link for as long again."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(45)
    publisher.rtcp.clear()
    missed = [p.sequence_number for p in viewer.take_packets()[4:]]
    viewer.nack(viewer.video, missed)
    rig.advance(0.01)
    assert viewer.packets == []
    assert publisher.plis
    publisher.send_frame()
    assert viewer.packets == [], "nothing can be decoded before the key frame"
    publisher.send_frame(keyframe=True)
    numbers = [p.sequence_number for p in viewer.received()]
    assert numbers[0] == missed[-1] + 1 & 0xFFFF, "nobody misses what was not sent"
    assert rig.forwarder.statistics().restarts == 1


def test_what_a_key_frame_has_made_needless_is_not_sent_again(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(3)
    lost = viewer.received()[-1].sequence_number
    publisher.send_frame(keyframe=True)
    rig.advance(0.3)
    viewer.nack(viewer.video, [lost])
    assert viewer.received(rtx=True) == []
    assert rig.forwarder.statistics().restarts == 0


def test_one_viewer_cannot_have_it_all_again_for_ever(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    numbers = [r.sequence_number for r in viewer.received()]
    for _ in range(5000):
        viewer.nack(viewer.video, numbers)
    assert 0 < len(viewer.received(rtx=True)) <= 2000
