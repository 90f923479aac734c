"""Key frames are asked for as seldom as possible, and until they come."""

import itertools

from conformance.rig import Rig


def test_a_viewer_that_comes_is_a_reason(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame()
    viewer.watch(publisher)
    (pli,) = publisher.plis
    assert pli.media_ssrc == publisher.encodings[0].ssrc


def test_none_before_the_viewer_can_receive(rig: Rig) -> None:
    """Its answer would be lost, and a browser ignores the next within 0.3 s (slots.md 6.1)."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer(connected=False)
    publisher.send_frame()
    viewer.watch(publisher)
    rig.advance(3.0)
    publisher.send_frame()
    assert publisher.plis == []

    viewer.connect()
    assert len(publisher.plis) == 1


def test_none_to_a_publisher_that_sends_nothing(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    rig.advance(10.0)
    assert publisher.plis == []


def test_it_is_asked_again_until_a_key_frame_comes(rig: Rig) -> None:
    """A receiver that was not ready drops the answer and never asks (facts/webrtc.md 17)."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame()
    viewer.watch(publisher)
    start_s, times_s = rig.now_s, [0.0]
    for _ in range(120):
        publisher.send_frame()
        rig.advance(1 / 30)
        times_s += [rig.now_s - start_s] * (len(publisher.plis) - len(times_s))
    assert 3 <= len(times_s) <= 6
    gaps_s = [b - a for a, b in itertools.pairwise(times_s)]
    assert gaps_s[0] < 0.5
    assert min(gaps_s) > 0.29

    publisher.send_frame(keyframe=True)
    asked = len(publisher.plis)
    publisher.send_frames(150)
    assert len(publisher.plis) == asked


def test_many_viewers_are_one_reason(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    publisher.send_frame()
    viewers = [rig.viewer() for _ in range(20)]
    for viewer in viewers:
        viewer.watch(publisher)
        rig.advance(0.01)
    assert len(publisher.plis) == 1
    publisher.send_frame(keyframe=True)
    assert all(viewer.received() for viewer in viewers)


def test_requests_of_viewers_are_throttled(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    viewers = [rig.viewer() for _ in range(5)]
    publisher.send_frame()
    for viewer in viewers:
        viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    asked = len(publisher.plis)
    for number in range(100):
        for viewer in viewers:
            viewer.pli(viewer.video)
        publisher.send_frame(keyframe=number % 25 == 24)
        rig.advance(1 / 50)

    assert 2 <= len(publisher.plis) - asked <= 7
    assert rig.forwarder.statistics().keyframe_requests_received == 500
    assert rig.forwarder.statistics().keyframe_requests_suppressed > 480


def test_a_lone_request_of_a_viewer_is_passed_on(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    publisher.send_frames(30)
    assert publisher.plis == []
    viewer.pli(viewer.video)
    assert [p.media_ssrc for p in publisher.plis] == [publisher.encodings[0].ssrc]


def test_a_higher_layer_is_asked_for_when_it_begins(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(0, keyframe=True)
    rig.advance(1.0)
    publisher.send_frame(0)
    publisher.send_frame(2)
    rig.advance(0.05)
    assert publisher.plis[-1].media_ssrc == publisher.encodings[2].ssrc
