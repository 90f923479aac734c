"""PictureID and TL0PICIDX of VP8 go on over switches, as if one encoder had made all (RFC 7741)."""

import pytest
from conformance.rig import Received, Rig

from emporion.engine.media import TOP_LAYER, Layer


def picture_ids(received: list[Received]) -> list[int]:
    """Return the PictureID of each frame."""
    by_timestamp = {r.rtp_timestamp: r.payload for r in received}
    return [int.from_bytes(p[2:4], "big") & 0x7FFF for p in by_timestamp.values()]


def tl0s(received: list[Received]) -> list[int]:
    """Return the TL0PICIDX of each frame."""
    return [payload[4] for payload in {r.rtp_timestamp: r.payload for r in received}.values()]


def test_both_go_on_over_track_switches(rig: Rig) -> None:
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    second.encodings[0].picture_id, second.encodings[0].tl0 = 30_000, 200
    for _ in range(2):
        for publisher in (first, second):
            viewer.watch(publisher)
            publisher.send_frame(keyframe=True)
            publisher.send_frames(3)

    ids, indices = picture_ids(viewer.received()), tl0s(viewer.received())
    assert len(ids) >= 16
    assert ids == [ids[0] + i & 0x7FFF for i in range(len(ids))]
    assert indices == [indices[0] + i & 0xFF for i in range(len(ids))]


def test_both_go_on_over_layer_switches(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    for number, encoding in enumerate(publisher.encodings):
        encoding.picture_id, encoding.tl0 = 5000 * number, 77 * number
    for spatial in (0, 2, 1):
        viewer.watch(publisher, Layer(spatial=spatial, temporal=2))
        for index in range(3):
            publisher.send_frame(index, keyframe=True)
        rig.advance(0.033)
        publisher.send_frames(2)
    ids, indices = picture_ids(viewer.received()), tl0s(viewer.received())
    assert ids == [ids[0] + i & 0x7FFF for i in range(len(ids))]
    assert indices == [indices[0] + i & 0xFF for i in range(len(indices))]


@pytest.mark.parametrize(("picture_id", "tl0"), [(0x7FFD, 254), (0x7FFF, 255)])
def test_both_wrap_with_the_source(rig: Rig, picture_id: int, tl0: int) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.encodings[0].picture_id, publisher.encodings[0].tl0 = picture_id, tl0
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(5)
    ids, indices = picture_ids(viewer.received()), tl0s(viewer.received())
    assert ids == [ids[0] + i & 0x7FFF for i in range(6)]
    assert indices == [indices[0] + i & 0xFF for i in range(6)]


def test_viewers_with_other_histories_get_their_own(rig: Rig) -> None:
    """The payload is shared by all viewers; each must still find its own numbers in it."""
    first, second = rig.publisher(rids=()), rig.publisher(rids=())
    early, late = rig.viewer(), rig.viewer()
    early.watch(first)
    first.send_frame(keyframe=True)
    first.send_frames(4)
    for viewer in (early, late):
        viewer.watch(second, TOP_LAYER)
    second.send_frame(keyframe=True)
    second.send_frames(2)

    for viewer in (early, late):
        ids = picture_ids(viewer.received())
        assert ids == [ids[0] + i & 0x7FFF for i in range(len(ids))]
    assert picture_ids(early.received())[-1] != picture_ids(late.received())[-1]


def test_what_follows_the_descriptor_is_untouched(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    sent = publisher.send_frame(keyframe=True, sizes=(50, 1000))
    header_bytes = len(sent[0]) - 50
    expected = [packet[header_bytes:] for packet in sent]
    got = [r.payload for r in viewer.received()]
    assert [p[5:] for p in got] == [p[5:] for p in expected]
    assert [p[:2] for p in got] == [p[:2] for p in expected]
