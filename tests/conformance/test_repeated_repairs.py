"""Who loses much is sent each lost picture packet twice; who does not, once (engine/forward)."""

from conformance.rig import Publisher, Rig, Viewer

from emporion.engine.media import TOP_LAYER

BUSY_BPS = 50_000


def watch(rig: Rig, *, lose_every: int) -> tuple[Publisher, Viewer]:
    """Show a camera for two seconds to a paced viewer who reports so many losses."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer(numbered=True)
    rig.forwarder.set_pacing(viewer.transport_id, 50_000_000)
    viewer.watch(publisher, TOP_LAYER)
    publisher.send_frame(keyframe=True)
    for _ in range(70):
        publisher.send_frames(1)
        for received in viewer.take_packets():
            number = received.wide_number
            is_lost = lose_every > 0 and number % lose_every == 0
            viewer.report_arrivals(number, [None if is_lost else 0.0])
    publisher.send_frames(1)
    return publisher, viewer


def repairs(rig: Rig, viewer: Viewer) -> list[bytes]:
    lost = viewer.received()[-2:]
    viewer.nack(viewer.video, [packet.sequence_number for packet in lost])
    rig.advance(0.05)
    return [again.payload for again in viewer.received(rtx=True)]


def test_who_loses_much_gets_each_twice(rig: Rig) -> None:
    _, viewer = watch(rig, lose_every=15)
    first, second, *copies = repairs(rig, viewer)
    assert first != second
    assert copies == [first, second]
    numbers = [again.sequence_number for again in viewer.received(rtx=True)]
    assert numbers == [numbers[0] + i & 0xFFFF for i in range(4)]


def test_who_loses_next_to_nothing_gets_each_once(rig: Rig) -> None:
    _, viewer = watch(rig, lose_every=0)
    first, second = repairs(rig, viewer)
    assert first != second


def test_a_busy_link_gets_each_once(rig: Rig) -> None:
    """There the loss may be the queue's, and more packets would make it longer."""
    publisher, viewer = watch(rig, lose_every=15)
    rig.forwarder.set_pacing(viewer.transport_id, BUSY_BPS)
    publisher.send_frames(2)
    lost = viewer.received()[-2:]
    viewer.nack(viewer.video, [packet.sequence_number for packet in lost])
    rig.advance(3.0)
    again = [received.payload for received in viewer.received(rtx=True)]
    assert len(again) == len(set(again)) > 0
