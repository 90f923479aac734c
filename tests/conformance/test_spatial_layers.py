"""An SVC stream holds all layers of a picture; a slot gets its own and those below (RFC 9628)."""

from dataclasses import dataclass

import pytest
from conformance.rig import VIEWER_H264, VIEWER_VP8, VP9, Publisher, Received, Rig, Viewer

from emporion.engine.forward.api import SlotSwitched, TrackRates
from emporion.engine.media import TOP_LAYER, Codec, Layer

PACKETS = 2  # Of each layer.


@dataclass(frozen=True)
class Seen:
    """One packet of VP9 as the viewer sees it."""

    picture_id: int
    temporal: int
    spatial: int
    index: int
    marker: bool
    source: int  # The picture's number at the publisher.


def see(received: Received) -> Seen:
    payload = received.payload
    first = payload[0]
    layers = payload[3]
    at = 4 + bool(first & 0x40) + bool(first & 0x02)
    return Seen(
        picture_id=int.from_bytes(payload[1:3], "big") & 0x7FFF,
        temporal=layers >> 5,
        spatial=layers >> 1 & 7,
        index=payload[at + 3],
        marker=bool(received.packet.marker),
        source=int.from_bytes(payload[at : at + 2], "big"),
    )


def seen(viewer: Viewer) -> list[Seen]:
    return [see(received) for received in viewer.received()]


def layers_of(viewer: Viewer) -> list[int]:
    """Return the highest layer of each picture that came, in order."""
    highest: dict[int, int] = {}
    for packet in seen(viewer):
        highest[packet.source] = max(highest.get(packet.source, 0), packet.spatial)
    return list(highest.values())


def check_whole(viewer: Viewer) -> None:
    """Nothing is missing, each picture ends with a marker and is sent with all its lower layers."""
    received = viewer.received()
    numbers = [r.sequence_number for r in received]
    assert numbers == [numbers[0] + i & 0xFFFF for i in range(len(numbers))]
    pictures: dict[int, list[Seen]] = {}
    for packet in map(see, received):
        pictures.setdefault(packet.source, []).append(packet)
    for packets in pictures.values():
        highest = packets[-1].spatial
        places = [(packet.spatial, packet.index) for packet in packets]
        assert places == [(s, i) for s in range(highest + 1) for i in range(PACKETS)]
        assert [p.marker for p in packets] == [False] * (len(packets) - 1) + [True]
        assert len({packet.picture_id for packet in packets}) == 1


@pytest.fixture
def publisher(rig: Rig) -> Publisher:
    return rig.publisher(rids=(), codec=VP9)


@pytest.fixture
def viewer(rig: Rig, publisher: Publisher) -> Viewer:
    return rig.viewer()


def watch(viewer: Viewer, publisher: Publisher, spatial: int, temporal: int = 2) -> None:
    viewer.watch(publisher, Layer(spatial=spatial, temporal=temporal))


@pytest.mark.parametrize("spatial", [0, 1, 2])
def test_a_slot_gets_its_layer_and_those_below_from_the_first_picture(
    publisher: Publisher, viewer: Viewer, spatial: int
) -> None:
    watch(viewer, publisher, spatial)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(5)
    assert layers_of(viewer) == [spatial] * 6
    check_whole(viewer)


def test_viewers_of_different_layers_do_not_disturb_each_other(
    rig: Rig, publisher: Publisher
) -> None:
    viewers = [rig.viewer() for _ in range(3)]
    for spatial, viewer in enumerate(viewers):
        watch(viewer, publisher, spatial)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(5)
    for spatial, viewer in enumerate(viewers):
        assert layers_of(viewer) == [spatial] * 6
        check_whole(viewer)


def test_down_at_once_and_without_a_key_frame(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    watch(viewer, publisher, 2)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(3)
    rig.advance(1.0)
    asked = len(publisher.plis)
    watch(viewer, publisher, 0)
    publisher.send_frames(3)
    rig.advance(1.0)
    assert layers_of(viewer) == [2] * 4 + [0] * 3
    check_whole(viewer)
    assert len(publisher.plis) == asked
    switches = [event.layer.spatial for event in rig.events_of(SlotSwitched)]
    assert switches == [2, 0]


def test_up_at_a_key_frame_that_is_asked_for(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    watch(viewer, publisher, 0)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(40, sizes=(1200, 1200))
    asked = len(publisher.plis)
    watch(viewer, publisher, 2)
    publisher.send_frames(3)
    assert len(publisher.plis) > asked
    publisher.send_frame(keyframe=True)
    publisher.send_frames(3)
    assert layers_of(viewer) == [0] * 44 + [2] * 4
    check_whole(viewer)


def test_a_picture_on_its_way_is_not_cut_when_the_target_falls(
    publisher: Publisher, viewer: Viewer
) -> None:
    watch(viewer, publisher, 2)
    publisher.send_frame(keyframe=True)
    packets = publisher.encodings[0].frame()
    publisher.send(packets[:PACKETS])
    publisher.rig.advance(0.006)  # Longer than a picture waits for its rest.
    watch(viewer, publisher, 0)
    publisher.send(packets[PACKETS:])
    publisher.send_frames(2)
    assert layers_of(viewer) == [2, 2, 0, 0]
    check_whole(viewer)


def test_pictures_keep_their_numbers_though_temporal_layers_are_left_out(
    publisher: Publisher, viewer: Viewer
) -> None:
    """A frame names those that it needs by how many pictures back they are."""
    watch(viewer, publisher, 1, temporal=0)
    publisher.send_frame(keyframe=True)
    for temporal in (2, 1, 2, 0, 2, 1, 2, 0):
        publisher.send_frame(temporal=temporal)
        publisher.rig.advance(0.033)
    check_whole(viewer)
    packets = seen(viewer)
    assert {packet.temporal for packet in packets} == {0}
    assert len({packet.picture_id - packet.source & 0x7FFF for packet in packets}) == 1
    assert [p.source - packets[0].source for p in packets if (p.spatial, p.index) == (1, 0)] == [
        0,
        4,
        8,
    ]


def test_upper_layers_begin_with_a_switch_point_of_the_whole_picture(
    publisher: Publisher, viewer: Viewer
) -> None:
    watch(viewer, publisher, 2, temporal=0)
    publisher.send_frame(keyframe=True)
    publisher.send_frame(temporal=1)
    watch(viewer, publisher, 2, temporal=1)
    publisher.send_frame(temporal=1)
    publisher.send_frame(temporal=1, layer_sync=True)
    publisher.send_frame(temporal=1)
    check_whole(viewer)
    numbers = sorted({packet.source for packet in seen(viewer)})
    assert [number - numbers[0] for number in numbers] == [0, 3, 4]


def test_what_the_sender_gives_up_is_not_waited_for(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    """Its uplink carries one layer only: viewers get the highest that there is."""
    watch(viewer, publisher, 2)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(3)
    publisher.send_frames(60, layers=1)
    rig.advance(1.0)
    asked = len(publisher.plis)
    publisher.send_frames(60, layers=1)
    assert len(publisher.plis) == asked
    publisher.send_frame(keyframe=True)
    publisher.send_frames(2)
    assert layers_of(viewer) == [2] * 4 + [0] * 120 + [2] * 3
    check_whole(viewer)


def test_who_comes_gets_the_layer_out_of_what_is_kept(rig: Rig, publisher: Publisher) -> None:
    early, late = rig.viewer(), rig.viewer()
    watch(early, publisher, 2)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(2)
    watch(late, publisher, 1)
    assert layers_of(late) == [1] * 3
    publisher.send_frames(2)
    assert layers_of(late) == [1] * 5
    check_whole(late)


def test_a_lost_packet_is_sent_again_as_it_was_for_this_viewer(
    publisher: Publisher, viewer: Viewer
) -> None:
    other = publisher.rig.viewer()
    watch(viewer, publisher, 1)
    watch(other, publisher, 2)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(2)
    last = viewer.received()[-1]
    assert see(last).marker
    viewer.nack(viewer.video, [last.sequence_number])
    (again,) = viewer.received(rtx=True)
    assert bool(again.packet.marker)
    assert again.payload == last.sequence_number.to_bytes(2, "big") + last.payload


def test_each_layer_costs_what_it_takes_with_those_below(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    watch(viewer, publisher, 2)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(95)
    rates = rig.events_of(TrackRates)[-1]
    assert rates.codec is Codec.VP9
    low, middle, high = rates.encoding_bps
    assert low == pytest.approx(PACKETS * 1200 * 8 / 0.033, rel=0.1)
    assert middle == pytest.approx(2 * low, rel=0.05)
    assert high == pytest.approx(3 * low, rel=0.05)


def test_who_cannot_decode_it_gets_nothing(rig: Rig, publisher: Publisher) -> None:
    viewer = rig.viewer(codecs=(VIEWER_VP8, VIEWER_H264))
    viewer.watch(publisher, TOP_LAYER)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(2)
    assert viewer.received() == []


def test_a_sender_that_begins_anew_with_rubbish_disturbs_nobody(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    """Another SSRC takes the place of the layered stream, and nothing of it can be read yet."""
    watch(viewer, publisher, 0)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(40)
    watch(viewer, publisher, 2)
    stream = publisher.encodings[0]
    stream.ssrc += 7
    publisher.send([stream.packet(b"\xff")])
    watch(rig.viewer(), publisher, 1)
    rig.advance(1.0)
    publisher.send_frame(keyframe=True, layers=1)
    publisher.send_frames(2, layers=1)
    assert layers_of(viewer)[-3:] == [0] * 3


def test_a_sender_that_goes_over_to_one_layer_is_followed(
    publisher: Publisher, viewer: Viewer
) -> None:
    watch(viewer, publisher, 2)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(2)
    publisher.send_frame(keyframe=True, layers=1)
    publisher.send_frames(2, layers=1)
    assert layers_of(viewer) == [2] * 3 + [0] * 3
    check_whole(viewer)
