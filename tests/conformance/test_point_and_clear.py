"""The rows of the table: a slot shows what it is pointed at, and nothing when it is cleared."""

import pytest
from conformance.rig import CAMERA, Rig

from emporion.engine.errors import CoreMisuse
from emporion.engine.forward.api import SlotSwitched, SrtpKeys
from emporion.engine.ids import SlotId, TrackId, TransportId
from emporion.engine.media import TOP_LAYER, Layer


def test_a_slot_that_was_never_pointed_gets_nothing(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    publisher.send_frames(3, keyframe=True)
    publisher.speak()
    assert viewer.packets == []


def test_two_slots_of_a_viewer_show_two_tracks(rig: Rig) -> None:
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer(video=2)
    slots = viewer.slots[1:]
    viewer.watch(first, slot=slots[0].slot_id)
    viewer.watch(second, slot=slots[1].slot_id)
    first.send_frame(keyframe=True, sizes=(400,))
    second.send_frame(keyframe=True, sizes=(500,))
    assert [len(r.payload) for r in viewer.received(slots[0])] == [400]
    assert [len(r.payload) for r in viewer.received(slots[1])] == [500]


def test_one_track_may_be_in_two_slots(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer(video=2)
    for slot in viewer.slots[1:]:
        viewer.watch(publisher, slot=slot.slot_id)
    publisher.send_frame(keyframe=True)
    assert [len(viewer.received(slot)) for slot in viewer.slots[1:]] == [3, 3]


def test_a_cleared_slot_gets_nothing_more(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher)
    viewer.listen(publisher)
    publisher.send_frames(1, keyframe=True)
    publisher.speak()
    rig.forwarder.clear_slot(viewer.video.slot_id)
    rig.forwarder.clear_slot(viewer.audio.slot_id)
    viewer.take_packets()
    publisher.send_frames(3, keyframe=True)
    publisher.speak()
    assert viewer.packets == []


def test_clearing_another_track_changes_nothing(rig: Rig) -> None:
    """Actors race: the slot has been pointed at something else meanwhile."""
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    viewer.watch(first)
    viewer.watch(second)
    rig.forwarder.clear_slot(viewer.video.slot_id, first.video_track)
    second.send_frame(keyframe=True)
    assert len(viewer.received()) == 3


def test_clearing_the_very_track_empties_the_slot(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    rig.forwarder.clear_slot(viewer.video.slot_id, publisher.video_track)
    publisher.send_frame(keyframe=True)
    assert viewer.received() == []


def test_pointing_again_at_the_same_does_not_interrupt(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    viewer.watch(publisher)
    publisher.send_frame()
    assert len(viewer.received()) == 6
    assert publisher.plis == []


def test_pointing_back_before_the_other_came_does_not_interrupt(rig: Rig) -> None:
    first, second, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    viewer.watch(first)
    viewer.listen(first)
    first.send_frame(keyframe=True)
    first.speak()
    for publisher in (second, first):
        viewer.watch(publisher)
        viewer.listen(publisher)
    first.send_frame()
    first.speak()
    assert len(viewer.received()) == 6
    assert len(viewer.received(viewer.audio)) == 2
    assert first.plis == []


def test_a_slot_that_was_cleared_begins_again(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    for _ in range(2):
        viewer.watch(publisher)  # The second time it sees at once what was kept.
        publisher.send_frame(keyframe=True)
        rig.forwarder.clear_slot(viewer.video.slot_id)
    numbers = [r.sequence_number for r in viewer.received()]
    assert numbers == list(range(numbers[0], numbers[0] + 9))
    assert len(rig.events_of(SlotSwitched)) == 2


def test_a_slot_pointed_before_its_viewer_is_connected_begins_then(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer(connected=False)
    viewer.watch(publisher)
    viewer.listen(publisher)
    publisher.send_frames(1, keyframe=True)
    publisher.speak()
    assert viewer.packets == []
    viewer.connect()
    publisher.send_frames(2, keyframe=True)
    publisher.speak()
    assert viewer.received()
    assert viewer.received(viewer.audio)


def test_unknown_ids_of_ends_are_no_ops(rig: Rig) -> None:
    rig.forwarder.remove_transport(TransportId("TP_nobody"))
    rig.forwarder.remove_track(TrackId("TR_nothing"))
    rig.forwarder.clear_slot(SlotId("SL_nowhere"))


def test_misuse_is_refused(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    forwarder, video, audio = rig.forwarder, viewer.video.slot_id, viewer.audio.slot_id
    with pytest.raises(CoreMisuse):
        forwarder.add_transport(viewer.transport_id, (), ())
    with pytest.raises(CoreMisuse):
        forwarder.add_transport(TransportId("TP_new"), (), viewer.slots)
    with pytest.raises(CoreMisuse):
        forwarder.add_track(publisher.video_track, publisher.transport_id, CAMERA)
    with pytest.raises(CoreMisuse):
        forwarder.add_track(TrackId("TR_new"), publisher.transport_id, CAMERA)
    with pytest.raises(CoreMisuse):
        forwarder.add_track(TrackId("TR_new"), publisher.transport_id, "no such mid")
    with pytest.raises(CoreMisuse):
        forwarder.add_track(TrackId("TR_new"), TransportId("TP_nobody"), CAMERA)
    with pytest.raises(CoreMisuse):
        forwarder.point_slot(SlotId("SL_nowhere"), publisher.video_track, TOP_LAYER)
    with pytest.raises(CoreMisuse):
        forwarder.point_slot(video, TrackId("TR_nothing"), TOP_LAYER)
    with pytest.raises(CoreMisuse):
        forwarder.point_slot(audio, publisher.video_track, Layer(spatial=0, temporal=0))
    with pytest.raises(CoreMisuse):
        forwarder.pause_track(TrackId("TR_nothing"), True)
    keys = SrtpKeys(bytes(16), bytes(12), bytes(16), bytes(12))
    with pytest.raises(CoreMisuse):
        forwarder.connect_transport(TransportId("TP_nobody"), keys, rig.now_s)
