"""When somebody leaves, slots that showed it fall empty, and nothing of it is kept."""

from conformance.rig import CAMERA, Rig

from emporion.engine.ids import TrackId


def test_slots_that_showed_a_publisher_fall_empty(rig: Rig) -> None:
    publisher, other, viewer = rig.publisher(), rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    viewer.listen(publisher)
    publisher.send_frames(1, keyframe=True)
    publisher.speak()
    rig.forwarder.remove_transport(publisher.transport_id)
    viewer.take_packets()
    publisher.send_frames(1, keyframe=True)
    rig.advance(2.0)
    assert viewer.packets == []

    viewer.watch(other)
    other.send_frame(keyframe=True)
    assert len(viewer.received()) == 3


def test_a_viewer_that_left_gets_nothing(rig: Rig) -> None:
    publisher, viewer, stays = rig.publisher(rids=()), rig.viewer(), rig.viewer()
    for somebody in (viewer, stays):
        somebody.watch(publisher)
    publisher.send_frame(keyframe=True)
    rig.forwarder.remove_transport(viewer.transport_id)
    viewer.take_packets()
    publisher.send_frame()
    rig.advance(2.0)
    assert viewer.packets == []
    assert len(stays.received()) == 6


def test_an_unpublished_track_leaves_its_slots(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    rig.forwarder.remove_track(publisher.video_track)
    publisher.send_frame(keyframe=True)
    assert len(viewer.received()) == 3
    assert rig.forwarder.statistics().slots_pointed == 0


def test_a_line_may_be_published_again(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    rig.forwarder.remove_track(publisher.video_track)
    publisher.video_track = TrackId("TR_again")
    rig.forwarder.add_track(publisher.video_track, publisher.transport_id, CAMERA)
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    numbers = [r.sequence_number for r in viewer.received()]
    assert numbers == list(range(numbers[0], numbers[0] + 6))


def test_a_lost_packet_of_one_who_left_is_not_answered(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    rig.forwarder.remove_transport(publisher.transport_id)
    viewer.nack(viewer.video, [viewer.received()[0].sequence_number])
    assert viewer.received(rtx=True) == []


def test_everything_is_gone_at_the_end(rig: Rig) -> None:
    publishers, viewers = [rig.publisher() for _ in range(3)], [rig.viewer() for _ in range(3)]
    for viewer in viewers:
        for publisher in publishers:
            viewer.watch(publisher)
            viewer.listen(publisher)
            publisher.send_frames(2, keyframe=True)
            publisher.speak()
    for peer in (*publishers, *viewers):
        rig.forwarder.remove_transport(peer.transport_id)
    statistics = rig.forwarder.statistics()
    assert (statistics.transports, statistics.tracks, statistics.slots) == (0, 0, 0)
    assert statistics.slots_pointed == 0
    rig.advance(5.0)
    assert rig.next_due_s > rig.now_s + 1.0, "an empty forwarder has nothing to do"
