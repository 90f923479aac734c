"""Padding-only packets on the media SSRC are dropped; nobody misses them (facts/webrtc.md 14)."""

from conformance.rig import Rig


def test_the_gap_is_closed(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    stream = publisher.encodings[0]
    for _ in range(5):
        publisher.send([stream.padding_only() for _ in range(7)])
        publisher.send_frame()

    numbers = [r.sequence_number for r in viewer.received()]
    assert numbers == list(range(numbers[0], numbers[0] + 18))
    assert rig.forwarder.statistics().dropped_padding_only == 35


def test_a_probe_in_the_middle_of_a_frame_does_not_break_it(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    stream = publisher.encodings[0]
    packets = stream.frame(sizes=(700,))
    publisher.send([stream.padding_only(), *packets, stream.padding_only()])
    publisher.send_frame()
    numbers = [r.sequence_number for r in viewer.received()]
    assert numbers == list(range(numbers[0], numbers[0] + 7))


def test_a_hole_beside_a_probe_stays_open(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    stream = publisher.encodings[0]
    lost = stream.frame(sizes=(600,))
    publisher.send([stream.padding_only()])
    publisher.send_frame()
    publisher.send(lost)
    numbers = [r.sequence_number for r in viewer.received()]
    assert sorted(numbers) == list(range(numbers[0], numbers[0] + 7))
    assert numbers[-1] == numbers[0] + 3


def test_they_cannot_be_had_again(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    publisher.send([publisher.encodings[0].padding_only()])
    publisher.send_frame()
    for received in viewer.received():
        viewer.nack(viewer.video, [received.sequence_number])
    assert [r.payload[2:] for r in viewer.received(rtx=True)] == [
        r.payload for r in viewer.received()
    ]
