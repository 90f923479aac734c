"""A frame goes out for each viewer as trains that GSO can cut: equal in size by padding."""

import pytest
from conformance.rig import H264, VP8, Rig, Viewer

from emporion.engine.forward.api import CodecMap, Transmit

MAX_PACKETS = 16
MAX_PACKET_BYTES = 1400


def trains(viewer: Viewer) -> list[Transmit]:
    """Return the transmits of media."""
    return [t for t in viewer.transmits if not 192 <= bytes(t.data[:2])[1] < 224]


@pytest.mark.parametrize("codec", [VP8, H264])
@pytest.mark.parametrize(
    "sizes",
    [
        (1200,) * 7,
        (1100,) * 3 + (1101,) * 4,  # As libwebrtc splits a frame.
        (1200, 1199, 1198, 300),
        (1000, 1200, 900, 1150, 1100),
        (30, 1200, 1200),
        (50,),
        (1200,) * 40,
    ],
)
def test_they_can_be_cut(rig: Rig, codec: CodecMap, sizes: tuple[int, ...]) -> None:
    """Every piece but the last has the stated size, and opens; nothing of the payload is lost."""
    publisher, viewer = rig.publisher(rids=(), codec=codec), rig.viewer()
    viewer.watch(publisher)
    sent = publisher.send_frame(keyframe=True, sizes=sizes)

    assert len(viewer.received()) == len(sent)
    for transmit in trains(viewer):
        packets, rest = divmod(len(transmit.data), transmit.segment_bytes)
        assert packets + bool(rest) <= MAX_PACKETS
        assert transmit.segment_bytes <= MAX_PACKET_BYTES
    payload_sizes = [len(r.payload) for r in viewer.received()]
    assert payload_sizes[-len(sizes) :] == list(sizes)


def test_a_frame_of_one_size_is_one_train(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True, sizes=(1100,) * 3 + (1101,) * 4)
    assert len(trains(viewer)) == 1
    assert sum(r.padding_bytes for r in viewer.received()) == 3


def test_small_packets_are_not_blown_up(rig: Rig) -> None:
    """Padding is at most 255 bytes a packet (RFC 3550 §5.1), and costs bandwidth."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True, sizes=(100, 1200, 1200, 1200))
    assert len(trains(viewer)) == 2
    assert sum(r.padding_bytes for r in viewer.received()) == 0


def test_each_viewer_has_its_own(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    viewers = [rig.viewer() for _ in range(3)]
    for viewer in viewers:
        viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    assert [len(trains(viewer)) for viewer in viewers] == [1, 1, 1]


def test_a_frame_goes_at_its_marker(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    packets = publisher.encodings[0].frame(keyframe=True)
    publisher.send(packets[:2])
    assert viewer.received() == []
    publisher.send(packets[2:])
    assert len(viewer.received()) == 3
    assert len(trains(viewer)) == 1


def test_a_frame_without_its_marker_waits_5_ms_at_most(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    packets = publisher.encodings[0].frame(keyframe=True)
    publisher.send(packets[:2])
    rig.advance(0.004)
    assert viewer.received() == []
    rig.advance(0.0015)
    assert len(viewer.received()) == 2
    publisher.send(packets[2:])
    assert len(viewer.received()) == 3


def test_the_next_frame_pushes_out_one_without_its_marker(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send(publisher.encodings[0].frame(keyframe=True)[:2])
    publisher.send(publisher.encodings[0].frame()[:1])
    assert len(viewer.received()) == 2


def test_audio_goes_at_once(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.listen(publisher)
    publisher.speak()
    assert len(viewer.received(viewer.audio)) == 1
    assert viewer.transmits[-1].segment_bytes == len(viewer.transmits[-1].data)


def test_padding_is_not_sent_again(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True, sizes=(1000, 1200))
    padded = viewer.received()[0]
    assert padded.padding_bytes == 200
    viewer.nack(viewer.video, [padded.sequence_number])
    assert len(viewer.received(rtx=True)[0].payload) == 1002


def test_what_is_sent_is_counted(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True, sizes=(1100, 1101))
    statistics = rig.forwarder.statistics()
    assert statistics.packets_sent == 2
    assert statistics.trains_sent == 1
    assert statistics.padding_bytes_sent == 1
    assert statistics.forward_latency_count == 1
    assert statistics.bytes_sent == sum(len(t.data) for t in viewer.transmits)
