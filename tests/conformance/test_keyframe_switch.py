"""A slot changes encoding, and begins, only at a key frame of the encoding that it wants."""

from conformance.rig import H264, VIEWER_VP8, Rig

from emporion.engine.forward.api import SlotSwitched
from emporion.engine.media import TOP_LAYER, Layer
from emporion.engine.testing.video_packets import H264Stream


def frame_sizes(index: int) -> tuple[int, ...]:
    """Return packet sizes that tell the encodings apart."""
    return (300 + 300 * index,) * 3


def test_a_slot_begins_at_a_key_frame(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame()
    viewer.watch(publisher)

    publisher.send_frame()
    assert viewer.received() == []

    sent = publisher.send_frame(keyframe=True)
    assert len(viewer.received()) == len(sent)


def test_an_h264_key_frame_may_begin_with_a_delimiter(rig: Rig) -> None:
    """A delimiter alone (RFC 6184 §5.6, NAL type 9) comes before the parameter sets."""
    publisher, viewer = rig.publisher(rids=(), codec=H264), rig.viewer()
    viewer.watch(publisher)
    stream = publisher.encodings[0]
    stream.ticks_per_frame = 0  # The delimiter is part of the frame.
    delimiter = stream.packet(b"\x09\x10")
    sent = [delimiter, *stream.frame(keyframe=True)]

    publisher.send(sent)

    assert len(viewer.received()) == len(sent)


def test_a_layer_is_raised_only_at_a_key_frame(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher, Layer(spatial=0, temporal=2))
    for index in range(3):
        publisher.send_frame(index, keyframe=True, sizes=frame_sizes(index))
    for index in range(3):
        publisher.send_frame(index, sizes=frame_sizes(index))
    assert {len(r.payload) for r in viewer.received()} == {300}

    viewer.watch(publisher, TOP_LAYER)
    for index in range(3):
        publisher.send_frame(index, sizes=frame_sizes(index))
    assert {len(r.payload) for r in viewer.received()} == {300}, "switched without a key frame"

    viewer.take_packets()
    for index in range(3):
        publisher.send_frame(index, keyframe=True, sizes=frame_sizes(index))
    publisher.send_frame(0, sizes=frame_sizes(0))
    publisher.send_frame(2, sizes=frame_sizes(2))
    assert [len(r.payload) for r in viewer.received()] == [300] * 3 + [900] * 6


def test_a_layer_is_lowered_only_at_a_key_frame(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher, TOP_LAYER)
    for index in range(3):
        publisher.send_frame(index, keyframe=True, sizes=frame_sizes(index))
    for index in range(3):
        publisher.send_frame(index, sizes=frame_sizes(index))
    viewer.take_packets()

    viewer.watch(publisher, Layer(spatial=1, temporal=2))
    for index in range(3):
        publisher.send_frame(index, sizes=frame_sizes(index))
    assert {len(r.payload) for r in viewer.received()} == {900}


def test_the_viewer_is_told_of_the_very_first_packet(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)

    (switched,) = rig.events_of(SlotSwitched)
    assert switched.transport_id == viewer.transport_id
    assert switched.slot_id == viewer.video.slot_id
    assert switched.track_id == publisher.video_track
    assert switched.rtp_timestamp == viewer.received()[0].rtp_timestamp
    assert switched.track_changed


def test_a_layer_switch_is_not_a_track_change(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher, Layer(spatial=0, temporal=2))
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
    viewer.watch(publisher, TOP_LAYER)
    publisher.send_frame(2, keyframe=True)

    changes = [(e.layer.spatial, e.track_changed) for e in rig.events_of(SlotSwitched)]
    assert changes == [(0, True), (2, False)]


def test_the_old_track_goes_on_until_the_key_frame_of_the_new_one(rig: Rig) -> None:
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    viewer.watch(first)
    first.send_frame(keyframe=True)
    viewer.watch(second)
    viewer.take_packets()

    second.send_frame(sizes=(500,))
    first.send_frame(sizes=(400,))
    second.send_frame(keyframe=True, sizes=(500,))
    first.send_frame(sizes=(400,))
    assert [len(r.payload) for r in viewer.received()] == [400, 500]


def test_a_slot_falls_back_to_the_highest_encoding_that_flows(rig: Rig) -> None:
    """Chromium sends two of three encodings for a small source (facts/slots.md pitfall 2)."""
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher, TOP_LAYER)
    for index in (0, 1):
        publisher.send_frame(index, keyframe=True, sizes=frame_sizes(index))
    for index in (0, 1):
        publisher.send_frame(index, keyframe=True, sizes=frame_sizes(index))

    assert len(viewer.received()[-1].payload) == 600


def test_a_slot_leaves_an_encoding_that_stopped(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher, TOP_LAYER)
    for keyframe in (True, False, False, False):
        for index in range(3):
            publisher.send_frame(index, keyframe=keyframe, sizes=frame_sizes(index))
        rig.advance(0.033)
    viewer.take_packets()

    for number in range(60):
        for index in (0, 1):
            publisher.send_frame(index, keyframe=number == 50, sizes=frame_sizes(index))
        rig.advance(0.033)
    assert {len(r.payload) for r in viewer.received()} == {600}


def test_a_codec_that_the_viewer_lacks_is_not_sent(rig: Rig) -> None:
    """Rather nothing than the old speaker for ever (facts/slots-firefox.md §4.4)."""
    shown, undecodable = rig.publisher(rids=()), rig.publisher(rids=(), codec=H264)
    viewer = rig.viewer(codecs=(VIEWER_VP8,))
    undecodable.send_frame(keyframe=True)
    viewer.watch(shown)
    shown.send_frame(keyframe=True)
    viewer.watch(undecodable)
    viewer.take_packets()

    undecodable.send_frame(keyframe=True)
    shown.send_frame()
    rig.advance(3.0)
    assert viewer.received() == []
    assert undecodable.plis == []


def test_a_slot_follows_a_codec_change_of_the_sender(rig: Rig) -> None:
    """setParameters changes it unasked (facts/slots.md pitfall 4)."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    stream = publisher.encodings[0]
    publisher.encodings[0] = H264Stream(
        ssrc=stream.ssrc,
        payload_type=H264.payload_type,
        sequence_number=stream.sequence_number,
        rtp_timestamp=stream.rtp_timestamp,
    )
    publisher.send_frame()
    publisher.send_frame(keyframe=True)

    payload_types = [r.packet.payload_type for r in viewer.received()]
    assert payload_types == [120] * 3 + [126] * 4
