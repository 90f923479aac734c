"""Video goes out no faster than the pacing rate: in order, in small bursts, and never stale."""

import pytest
from conformance.rig import Publisher, Received, Rig, Viewer
from hypothesis import given, settings
from hypothesis import strategies as st

from emporion.engine.forward.reference import ReferenceForwarder

ON_THE_WIRE = 28
BURST_S = 0.005


@pytest.fixture
def publisher(rig: Rig) -> Publisher:
    return rig.publisher(rids=())


@pytest.fixture
def viewer(rig: Rig, publisher: Publisher) -> Viewer:
    viewer = rig.viewer(numbered=True, video=2)
    viewer.watch(publisher)
    viewer.listen(publisher)
    publisher.send_frame(keyframe=True, sizes=(100,))
    rig.advance(1.0)
    viewer.take_packets()
    return viewer


def pace(rig: Rig, viewer: Viewer, pacing_bps: int) -> None:
    rig.forwarder.set_pacing(viewer.transport_id, pacing_bps)
    rig.drain()


def burst_bytes(packets: list[Received], window_s: float) -> int:
    """Return the most that went out in any window."""
    return max(
        sum(p.wire_bytes + ON_THE_WIRE for p in packets if 0 <= p.at_s - first.at_s <= window_s)
        for first in packets
    )


@given(
    pacing_bps=st.integers(100_000, 20_000_000),
    sizes=st.lists(st.integers(50, 1200), min_size=1, max_size=60),
    window_ms=st.integers(0, 60),
)
@settings(max_examples=40, deadline=None)
def test_no_window_carries_more_than_the_rate_and_one_burst(
    pacing_bps: int, sizes: list[int], window_ms: int
) -> None:
    rig = Rig(ReferenceForwarder())
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    pace(rig, viewer, pacing_bps)
    publisher.send_frame(keyframe=True, sizes=sizes)
    rig.advance(0.45)
    packets = viewer.take_packets()
    assert packets
    window_s = window_ms / 1000
    # A packet more than fits may go when the link is free, and one tick may come late.
    allowed = (window_s + 2 * BURST_S) * pacing_bps / 8 + 1300
    assert burst_bytes(packets, window_s) <= allowed


def test_a_fast_link_delays_nothing(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    pace(rig, viewer, 100_000_000)
    publisher.send_frame(sizes=(1200,) * 10)
    assert len(viewer.received()) == 10
    assert len({packet.train for packet in viewer.received()}) == 1
    assert rig.forwarder.statistics().runs_held == 0


def test_at_most_16_packets_at_once(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    pace(rig, viewer, 1_000_000_000)
    publisher.send_frame(sizes=(1200,) * 40)
    assert len(viewer.received()) == 16
    rig.advance(0.006)
    assert len(viewer.received()) == 32
    rig.advance(0.005)
    assert len(viewer.received()) == 40


def test_all_of_it_comes_in_order(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    pace(rig, viewer, 2_000_000)
    for _ in range(10):
        publisher.send_frame(sizes=(900,) * 7)
        rig.advance(0.04)
    rig.advance(0.3)
    received = viewer.received()
    first = received[0].sequence_number
    assert [p.sequence_number - first & 0xFFFF for p in received] == list(range(70))
    assert [p.wide_number for p in received] == list(range(1, 71))
    assert rig.forwarder.statistics().runs_held == 10


def test_at_the_rate_the_link_is_kept_busy(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    pace(rig, viewer, 2_000_000)
    start_s = rig.now_s
    publisher.send_frame(sizes=(1200,) * 60)
    rig.advance(0.45)
    received = viewer.received()
    assert len(received) == 60
    bits = 8 * sum(p.wire_bytes + ON_THE_WIRE for p in received)
    assert received[-1].at_s - start_s == pytest.approx(bits / 2_000_000, abs=2 * BURST_S)


def test_audio_never_waits(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    pace(rig, viewer, 200_000)
    publisher.send_frame(sizes=(1200,) * 8)
    publisher.speak()
    (voice,) = viewer.received(viewer.audio)
    assert voice.at_s == rig.now_s
    assert len(viewer.received()) < 8


def test_retransmissions_go_before_new_video(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    publisher.send_frame(sizes=(1000, 1000))
    lost = viewer.received()[0].sequence_number
    pace(rig, viewer, 500_000)
    publisher.send_frame(sizes=(1000,) * 6)
    viewer.nack(viewer.video, [lost])
    rig.advance(0.3)
    (again,) = viewer.received(rtx=True)
    behind = [p for p in viewer.received() if p.wide_number > again.wide_number]
    assert len(behind) >= 4


def test_slots_are_served_in_their_order(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    other = rig.publisher(rids=())
    second = [slot for slot in viewer.slots if slot.rtx_ssrc is not None][1]
    viewer.watch(other, slot=second.slot_id)
    other.send_frame(keyframe=True, sizes=(100,))
    rig.advance(0.1)
    viewer.take_packets()
    pace(rig, viewer, 1_000_000)
    other.send_frame(sizes=(1000,) * 4)
    publisher.send_frame(sizes=(1000,) * 4)
    rig.advance(0.4)
    order = [p.packet.ssrc for p in viewer.take_packets()]
    assert len(order) == 8
    # One packet of the second slot was on its way before the first slot had anything.
    assert order == [second.ssrc] + [viewer.video.ssrc] * 4 + [second.ssrc] * 3


def test_what_waits_for_half_a_second_is_dropped_for_a_key_frame(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    pace(rig, viewer, 100_000)
    publisher.rtcp.clear()
    for _ in range(20):
        publisher.send_frame(sizes=(1200,) * 5)
        rig.advance(0.033)
    assert rig.forwarder.statistics().runs_dropped_stale > 0
    assert publisher.plis, "a key frame is asked for"
    last = viewer.received()[-1].sequence_number
    viewer.take_packets()
    publisher.send_frame(sizes=(100,))
    assert viewer.received() == [], "nothing can be decoded before the key frame"
    rig.advance(1.0)
    publisher.send_frame(keyframe=True, sizes=(100, 100))
    rig.advance(0.2)
    numbers = [p.sequence_number for p in viewer.received()]
    assert numbers == [last + 1, last + 2], "nobody misses what was dropped"


def test_a_key_frame_may_wait_longer(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    """The next one would not be there sooner."""
    pace(rig, viewer, 100_000)
    publisher.send_frame(keyframe=True, sizes=(1200,) * 15)
    rig.advance(1.6)
    assert len(viewer.received()) == 15
    assert rig.forwarder.statistics().runs_dropped_stale == 0


def test_behind_what_waits_only_the_lowest_temporal_layer_goes_on(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    pace(rig, viewer, 200_000)
    publisher.send_frame(temporal=0, sizes=(1000,) * 4)
    rig.advance(0.12)
    for temporal in (2, 1, 2):
        publisher.send_frame(temporal=temporal, layer_sync=True, sizes=(200,))
    publisher.send_frame(temporal=0, sizes=(200,))
    rig.advance(0.4)
    publisher.send_frame(temporal=2, layer_sync=True, sizes=(200,))
    rig.advance(0.1)
    received = viewer.received()
    first = received[0].sequence_number
    assert [p.sequence_number - first & 0xFFFF for p in received] == list(range(6)), "no hole"


def test_video_gives_way_to_voices(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    pace(rig, viewer, 200_000)
    publisher.send_frame(sizes=(1000,) * 20)
    start_s = rig.now_s
    for _ in range(20):
        publisher.speak()
        rig.advance(0.02)
    packets = [p for p in viewer.take_packets() if p.at_s >= start_s]
    bits = 8 * sum(p.wire_bytes + ON_THE_WIRE for p in packets)
    assert bits <= 200_000 * (0.4 + 2 * BURST_S) + 8 * 1300


def test_numbers_of_what_was_dropped_seal_no_packet_twice(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    """AES-GCM breaks when a nonce returns: each packet has an SSRC and a number of its own."""
    pace(rig, viewer, 300_000)
    seen: list[tuple[int, int]] = []
    for number in range(120):
        publisher.send_frame(keyframe=number % 40 == 0, sizes=(1200,) * (number % 5 + 1))
        if number % 11 == 0:
            viewer.watch(publisher)
        if number % 35 == 34:
            rig.forwarder.clear_slot(viewer.video.slot_id)
            viewer.watch(publisher)
        rig.advance(0.033)
        seen += [(p.packet.ssrc, p.sequence_number) for p in viewer.take_packets()]
    assert len(seen) == len(set(seen))
    assert rig.forwarder.statistics().runs_dropped_stale > 0


def test_a_cleared_slot_sends_nothing_more(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    pace(rig, viewer, 100_000)
    publisher.send_frame(sizes=(1200,) * 5)
    rig.forwarder.clear_slot(viewer.video.slot_id)
    viewer.take_packets()
    rig.advance(1.0)
    assert viewer.received() == []


def test_without_pacing_what_waits_goes_out(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    pace(rig, viewer, 100_000)
    publisher.send_frame(sizes=(1200,) * 20)
    pace(rig, viewer, 0)
    rig.advance(0.01)
    assert len(viewer.received()) == 20
    publisher.send_frame(sizes=(1200,) * 40)
    assert len(viewer.received()) == 60


def test_what_was_sent_is_told_with_what_limited_it(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    rig.forwarder.take_sent(viewer.transport_id)
    publisher.send_frame(sizes=(1000,) * 5)
    publisher.speak()
    sent_bytes, is_limited = rig.forwarder.take_sent(viewer.transport_id)
    wire = sum(p.wire_bytes + ON_THE_WIRE for p in viewer.packets)
    assert sent_bytes == pytest.approx(wire, rel=0.02)
    assert not is_limited
    pace(rig, viewer, 200_000)
    publisher.send_frame(sizes=(1000,) * 5)
    assert rig.forwarder.take_sent(viewer.transport_id)[1]
    rig.advance(1.0)
    rig.forwarder.take_sent(viewer.transport_id)
    assert rig.forwarder.take_sent(viewer.transport_id) == (0, False)


def test_a_viewer_that_ends_leaves_nothing_waiting(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    pace(rig, viewer, 100_000)
    publisher.send_frame(sizes=(1200,) * 5)
    rig.forwarder.remove_transport(viewer.transport_id)
    viewer.take_packets()
    rig.advance(1.0)
    assert viewer.packets == []
