"""What is lost before us leaves a hole that a late packet fills; what we drop leaves none."""

from conformance.rig import Rig

from emporion.engine.media import TOP_LAYER, Layer


def test_a_lost_packet_leaves_a_hole(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    packets = publisher.encodings[0].frame()
    publisher.send([packets[0], packets[2]])

    numbers = [r.sequence_number for r in viewer.received()[-2:]]
    assert numbers[1] == numbers[0] + 2 & 0xFFFF


def test_a_late_packet_fills_its_hole(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    first, second = publisher.encodings[0].frame(), publisher.encodings[0].frame()
    publisher.send([first[0], first[2]])
    publisher.send(second)
    publisher.send([first[1]])

    late = viewer.received()[-1]
    in_order = sorted(r.sequence_number for r in viewer.received())
    assert in_order == list(range(in_order[0], in_order[0] + 9))
    assert late.sequence_number == in_order[4]
    frame = [r for r in viewer.received() if r.rtp_timestamp == late.rtp_timestamp]
    assert len(frame) == 3, "a late packet keeps the timestamp of its frame"
    assert len({r.payload[2:5] for r in frame}) == 1, "and its picture id and tl0"


def test_packets_of_a_frame_may_overtake_each_other(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    packets = publisher.encodings[0].frame()
    publisher.send([packets[1], packets[0], packets[2]])

    numbers = [r.sequence_number for r in viewer.received()]
    assert numbers == sorted(numbers)
    assert [r.payload[6:].lstrip(b"\x10\x11")[2] for r in viewer.received()[-3:]] == [0, 1, 2]


def test_a_packet_from_before_the_switch_is_not_sent(rig: Rig) -> None:
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    viewer.watch(first)
    first.send_frame(keyframe=True)
    old = first.encodings[0].frame()
    first.send([old[0], old[2]])
    before = second.encodings[0].frame()
    second.send([before[0], before[2]])
    viewer.watch(second)
    second.send_frame(keyframe=True)
    viewer.take_packets()

    first.send([old[1]])
    second.send([before[1]])
    assert viewer.received() == []


def test_dropped_temporal_layers_leave_no_hole(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher, Layer(spatial=0, temporal=0))
    publisher.send_frame(keyframe=True)
    for _ in range(4):
        for temporal in (2, 1, 2, 0):
            publisher.send_frame(temporal=temporal)

    received = viewer.received()
    assert len(received) == 5 * 3
    numbers = [r.sequence_number for r in received]
    assert numbers == list(range(numbers[0], numbers[0] + 15))
    picture_ids = [int.from_bytes(r.payload[2:4], "big") & 0x7FFF for r in received[::3]]
    assert picture_ids == list(range(picture_ids[0], picture_ids[0] + 5))
    assert {r.payload[5] >> 6 for r in received} == {0}


def test_temporal_layers_come_back_at_a_switch_point(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher, Layer(spatial=0, temporal=0))
    publisher.send_frame(keyframe=True)
    viewer.watch(publisher, TOP_LAYER)
    publisher.send_frame(temporal=2)
    publisher.send_frame(temporal=0)
    assert {r.payload[5] >> 6 for r in viewer.received()} == {0}

    publisher.send_frame(temporal=2, layer_sync=True)
    publisher.send_frame(temporal=2)
    assert [r.payload[5] >> 6 for r in viewer.received()[::3]] == [0, 0, 2, 2]


def test_an_outage_leaves_no_hole(rig: Rig) -> None:
    """Nobody will fill it, and receivers would ask for thousands of packets."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    publisher.encodings[0].sequence_number += 5000
    publisher.send_frame(keyframe=True)
    numbers = [r.sequence_number for r in viewer.received()]
    assert numbers == list(range(numbers[0], numbers[0] + 6))
