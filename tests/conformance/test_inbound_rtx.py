"""Retransmissions of a publisher are unwrapped; copies and padding sent as probes go nowhere."""

from conformance.rig import Rig


def test_a_repaired_packet_is_forwarded(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher)
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
    packets = publisher.encodings[2].frame(sizes=(400, 500, 600))
    publisher.send([packets[0], packets[2]])
    viewer.take_packets()
    publisher.send_rtx(2, [packets[1]])

    (repaired,) = viewer.received()
    assert len(repaired.payload) == 500
    assert repaired.payload[5:] == packets[1][-495:]


def test_probes_that_repeat_packets_are_dropped(rig: Rig) -> None:
    """Chromium sends 1500 in a short call (facts/webrtc.md 13)."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    sent = publisher.send_frame(keyframe=True)
    viewer.take_packets()
    publisher.send_rtx(0, sent * 3)
    assert viewer.packets == []
    assert rig.forwarder.statistics().dropped_duplicate == 9


def test_probes_of_padding_are_dropped(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    viewer.take_packets()
    publisher.send([publisher.rtx[0].padding_only() for _ in range(5)])
    assert viewer.packets == []
    assert rig.forwarder.statistics().dropped_padding_only == 5


def test_a_retransmission_may_come_before_its_media(rig: Rig) -> None:
    """The first packet ever seen may be one (facts/webrtc.md 13); its SSRC is learned from it."""
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher)
    lost = publisher.encodings[0].frame(keyframe=True)
    publisher.send_rtx(0, lost[:1])
    publisher.rtx[0].extensions.clear()
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
    packets = publisher.encodings[0].frame()
    publisher.send([packets[0], packets[2]])
    publisher.send_rtx(0, [packets[1]])
    stats = rig.forwarder.statistics()
    assert stats.retransmissions_received == 2
    assert stats.dropped_unknown == 1


def test_an_ssrc_is_remembered_when_its_names_are_no_longer_sent(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher)
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
        publisher.encodings[index].extensions.clear()
    viewer.take_packets()
    publisher.send_frames(3)
    assert len(viewer.received()) == 9


def test_names_learned_before_the_track_are_remembered_for_it(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    rig.forwarder.remove_track(publisher.video_track)
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
        publisher.encodings[index].extensions.clear()
    rig.forwarder.add_track(publisher.video_track, publisher.transport_id, "1")
    viewer.watch(publisher)
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
    publisher.send_frames(1)
    assert viewer.received()


def test_media_without_a_name_goes_nowhere(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher)
    for index in range(3):
        publisher.encodings[index].extensions.clear()
        publisher.send_frame(index, keyframe=True)
    assert viewer.packets == []
    assert rig.forwarder.statistics().dropped_unknown == 9
