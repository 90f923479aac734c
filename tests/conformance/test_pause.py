"""A paused track reaches nobody, whatever its sender does; when it goes on, so do its slots."""

from conformance.rig import Rig

from emporion.engine.forward.api import AudioHeard, SlotSwitched


def test_nothing_of_a_paused_track_is_sent(rig: Rig) -> None:
    """Firefox repeats the last picture once a second for ever (facts/slots-firefox.md §4.2)."""
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher)
    viewer.listen(publisher)
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
    publisher.speak()
    rig.forwarder.pause_track(publisher.video_track, True)
    rig.forwarder.pause_track(publisher.audio_track, True)
    viewer.take_packets()

    publisher.send_frames(5, keyframe=True)
    publisher.speak()
    rig.advance(1.0)
    assert viewer.packets == []


def test_a_viewer_that_comes_meanwhile_sees_nothing(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame(keyframe=True)
    rig.forwarder.pause_track(publisher.video_track, True)
    viewer.watch(publisher)
    publisher.send_frames(30, keyframe=True)
    assert viewer.packets == []
    assert publisher.plis == []


def test_a_frame_that_was_arriving_is_not_sent(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send(publisher.encodings[0].frame(keyframe=True)[:2])
    rig.forwarder.pause_track(publisher.video_track, True)
    rig.advance(0.1)
    assert viewer.packets == []


def test_a_paused_slot_resumes_at_a_key_frame(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher)
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
    for index in range(3):
        publisher.send_frame(index, keyframe=True)
    before = viewer.received()[-1]
    rig.forwarder.pause_track(publisher.video_track, True)
    rig.advance(5.0)
    rig.forwarder.pause_track(publisher.video_track, False)
    viewer.take_packets()

    publisher.send_frames(1)
    assert viewer.received() == []
    assert publisher.plis, "somebody has to ask for the key frame"
    publisher.send_frames(1, keyframe=True)
    publisher.send_frames(3)
    received = viewer.received()
    assert received[0].sequence_number == before.sequence_number + 1 & 0xFFFF
    numbers = [r.sequence_number for r in received]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    passed = received[0].rtp_timestamp - before.rtp_timestamp & 0xFFFF_FFFF
    assert abs(passed - 5.033 * 90_000) < 0.05 * 90_000


def test_paused_audio_resumes(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.listen(publisher)
    publisher.speak()
    rig.forwarder.pause_track(publisher.audio_track, True)
    for _ in range(50):
        publisher.speak()
        rig.advance(0.02)
    rig.forwarder.pause_track(publisher.audio_track, False)
    publisher.speak()
    publisher.speak()

    first, second, third = viewer.received(viewer.audio)
    assert second.sequence_number == first.sequence_number + 1 & 0xFFFF
    assert third.sequence_number == second.sequence_number + 1 & 0xFFFF
    assert second.rtp_timestamp - first.rtp_timestamp & 0xFFFF_FFFF == 48_000


def test_audio_whose_clock_stood_still_comes_back_to_the_line(rig: Rig) -> None:
    """A browser's audio timestamps count what it sent, so a sender that paused is behind."""
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.listen(publisher)
    publisher.speak()
    publisher.report(publisher.microphone)
    rig.advance(3.0)
    publisher.speak()
    first, second = viewer.received(viewer.audio)
    assert abs((second.rtp_timestamp - first.rtp_timestamp) - 3 * 48_000) < 960


def test_a_voice_that_is_paused_is_not_heard(rig: Rig) -> None:
    publisher = rig.publisher()
    rig.forwarder.pause_track(publisher.audio_track, True)
    for _ in range(50):
        publisher.speak()
        rig.advance(0.02)
    assert rig.events_of(AudioHeard) == []


def test_the_return_is_told(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    rig.forwarder.pause_track(publisher.video_track, True)
    rig.forwarder.pause_track(publisher.video_track, False)
    publisher.send_frame(keyframe=True)
    assert [e.track_changed for e in rig.events_of(SlotSwitched)] == [True, False]
