"""Who comes, or turns to another track, sees the last key frame and what followed it at once."""

import itertools

import pytest
from conformance.rig import Publisher, Rig, Viewer

from emporion.engine.forward.api import SlotSwitched
from emporion.engine.media import TOP_LAYER, Layer

CLOCK_HZ = 90_000
SMALL = (200,)


def frames_of(viewer: Viewer) -> list[int]:
    """Timestamps of the frames that came, in order."""
    return list(dict.fromkeys(r.rtp_timestamp for r in viewer.received()))


class Camera:
    """Ten frames a second of every encoding, each encoding with so many kB a second.

    Key frames, twice as large, come on all encodings together: first, and when asked for.
    """

    def __init__(self, publisher: Publisher, *kilobytes: int) -> None:
        self._publisher = publisher
        self._kilobytes = kilobytes
        self._answered = -1

    def send(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            asked = len(self._publisher.plis)
            keyframe, self._answered = asked > self._answered, asked
            for index, rate in enumerate(self._kilobytes):
                packets = max(1, rate // 10) * (2 if keyframe else 1)
                self._publisher.send_frame(index, keyframe=keyframe, sizes=(1000,) * packets)
            self._publisher.rig.advance(0.1)


def test_a_newcomer_sees_at_once_what_was_kept(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame(keyframe=True, sizes=SMALL)
    publisher.send_frames(9, sizes=SMALL)

    viewer.watch(publisher)

    assert len(viewer.received()) == 10
    assert publisher.plis == []
    (switched,) = rig.events_of(SlotSwitched)
    assert switched.rtp_timestamp == viewer.received()[0].rtp_timestamp


def test_what_comes_next_follows_on(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame(keyframe=True, sizes=SMALL)
    publisher.send_frames(9, sizes=SMALL, interval_s=1 / 30)
    viewer.watch(publisher)
    publisher.send_frames(5, sizes=SMALL, interval_s=1 / 30)

    numbers = [r.sequence_number for r in viewer.received()]
    assert numbers == list(range(numbers[0], numbers[0] + 15))
    timestamps = frames_of(viewer)
    steps = [b - a for a, b in itertools.pairwise(timestamps)]
    assert all(0 < step < CLOCK_HZ // 1000 for step in steps[:9]), "replayed frames lie together"
    assert steps[10:] == [3000] * 4, "then its own time goes on"


def test_only_the_lowest_temporal_layer_is_replayed(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame(keyframe=True, sizes=SMALL)
    for _ in range(5):
        publisher.send_frame(sizes=SMALL, temporal=1, layer_sync=True)
        publisher.send_frame(sizes=SMALL)

    viewer.watch(publisher, TOP_LAYER)
    assert len(viewer.received()) == 6

    publisher.send_frame(sizes=SMALL, temporal=1, layer_sync=True)
    numbers = [r.sequence_number for r in viewer.received()]
    assert numbers == list(range(numbers[0], numbers[0] + 7))


def test_it_begins_with_a_lower_encoding_of_which_enough_is_kept(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    Camera(publisher, 10, 60, 200).send(3.0)

    viewer.watch(publisher, TOP_LAYER)
    shown = [event.layer.spatial for event in rig.events_of(SlotSwitched)]
    assert shown == [0]
    assert len(publisher.plis) == 1, "it waits for the encoding that it wants"

    publisher.send_frame(2, keyframe=True)
    assert [event.layer.spatial for event in rig.events_of(SlotSwitched)] == [0, 2]


def test_what_is_larger_than_another_key_frame_is_not_replayed(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    Camera(publisher, 200).send(3.0)
    viewer.watch(publisher)
    assert viewer.received() == []
    assert len(publisher.plis) == 1


def test_who_sees_a_picture_takes_a_better_one_only_while_it_is_fresh(rig: Rig) -> None:
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher, Layer(spatial=0, temporal=2))
    for index in range(3):
        publisher.send_frame(index, keyframe=True, sizes=(1000,) * 20)
        publisher.send_frame(index, sizes=(1000,))
    viewer.watch(publisher, TOP_LAYER)
    assert [event.layer.spatial for event in rig.events_of(SlotSwitched)] == [0, 2]
    assert viewer.take_packets()

    viewer.watch(publisher, Layer(spatial=0, temporal=2))
    publisher.send_frame(0, keyframe=True)
    publisher.send_frames(10)
    viewer.watch(publisher, TOP_LAYER)
    assert [event.layer.spatial for event in rig.events_of(SlotSwitched)][-1] == 0


def test_a_hole_is_not_replayed_until_it_is_repaired(rig: Rig) -> None:
    publisher, early, late = rig.publisher(rids=()), rig.viewer(), rig.viewer()
    stream = publisher.encodings[0]
    publisher.send_frame(keyframe=True, sizes=SMALL)
    lost = stream.frame(sizes=SMALL)
    publisher.send_frame(sizes=SMALL)

    early.watch(publisher)
    assert early.received() == []

    publisher.send_rtx(0, lost)
    late.watch(publisher)
    assert len(late.received()) == 3


@pytest.mark.parametrize("paused_s", [0.1, 10.0])
def test_what_was_before_a_pause_is_not_shown(rig: Rig, paused_s: float) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame(keyframe=True)
    rig.forwarder.pause_track(publisher.video_track, True)
    rig.advance(paused_s)
    rig.forwarder.pause_track(publisher.video_track, False)
    publisher.send_frame()
    viewer.watch(publisher)
    assert viewer.received() == []


def test_what_was_before_an_outage_is_not_shown(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame(keyframe=True, sizes=SMALL)
    publisher.encodings[0].sequence_number += 5000
    publisher.send_frame(sizes=SMALL)
    viewer.watch(publisher)
    assert viewer.received() == []


def test_a_lost_packet_of_a_replay_is_sent_again(rig: Rig) -> None:
    """Its picture is seconds old, and yet what the viewer needs."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    publisher.send_frame(keyframe=True, sizes=SMALL)
    for _ in range(40):
        publisher.send_frame(sizes=SMALL)
        rig.advance(0.1)
    viewer.watch(publisher)
    viewer.nack(viewer.video, [viewer.received()[5].sequence_number])
    assert rig.forwarder.statistics().retransmissions_sent == 1
    assert rig.forwarder.statistics().restarts == 0


def test_the_lowest_encoding_is_kept_ready(rig: Rig) -> None:
    """When too much of it came, a key frame is asked for, though nobody waits for one yet."""
    publisher, viewer = rig.publisher(), rig.viewer()
    viewer.watch(publisher, TOP_LAYER)
    camera = Camera(publisher, 15, 60, 200)
    camera.send(60.0)
    keyframes = len(publisher.plis)
    assert 60 / 8 < keyframes < 60 / 3, "of 270 kB/s key frames take 54 kB"

    begun = 0
    for _ in range(10):
        late = rig.viewer()
        late.watch(publisher, Layer(spatial=0, temporal=2))
        begun += bool(late.received())
        camera.send(1.3)
    assert begun >= 7


def asked_by_nobody(rig: Rig, viewer: Viewer, *, lose_every: int = 0) -> int:
    """How many key frames are made ready in a minute that this viewer watches."""
    publisher = rig.publisher()
    viewer.watch(publisher, TOP_LAYER)
    camera = Camera(publisher, 15, 60, 200)
    camera.send(5.0)
    asked = len(publisher.plis)
    for _ in range(55):
        for received in viewer.take_packets():
            number = received.wide_number
            is_lost = lose_every > 0 and number % lose_every == 0
            viewer.report_arrivals(number, [None if is_lost else 0.0])
        camera.send(1.0)
    return len(publisher.plis) - asked


def test_none_is_made_ready_while_it_would_hurt_somebody_who_loses_packets(rig: Rig) -> None:
    assert asked_by_nobody(rig, rig.viewer(numbered=True)) >= 6
    assert asked_by_nobody(rig, rig.viewer(numbered=True), lose_every=15) == 0


def test_none_is_made_ready_while_it_would_be_late_for_somebody(rig: Rig) -> None:
    """40 kB, and a tenth of a second for them."""
    viewer = rig.viewer(numbered=True)
    rig.forwarder.set_pacing(viewer.transport_id, 3_000_000)
    assert asked_by_nobody(rig, viewer) == 0


def test_nothing_is_asked_for_what_cannot_be_kept(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    Camera(publisher, 200).send(30.0)
    assert len(publisher.plis) <= 1


def test_key_frames_keep_to_their_share(rig: Rig) -> None:
    """Viewers who turn to and fro would otherwise have one made three times a second."""
    publisher = rig.publisher()
    viewers = [rig.viewer() for _ in range(6)]
    for viewer in viewers:
        viewer.watch(publisher, Layer(spatial=0, temporal=2))
    camera = Camera(publisher, 15, 60, 200)
    camera.send(1.0)
    before = rig.forwarder.statistics().keyframe_requests_sent
    for second in range(30):
        for number, viewer in enumerate(viewers):
            viewer.watch(publisher, Layer(spatial=(second + number) % 3, temporal=2))
            camera.send(0.2)
    asked = rig.forwarder.statistics().keyframe_requests_sent - before
    assert asked * 54_000 < 0.2 * 36 * 270_000
    assert asked >= 36 / 3 - 2, "nobody waits for more than three seconds"
