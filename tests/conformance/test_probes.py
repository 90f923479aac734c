"""A probe sends fast for a moment: what waits, then what may repair, then padding; all marked."""

import pytest
from conformance.rig import Publisher, Received, Rig, Viewer

from emporion.engine.forward.api import ArrivalsReported
from emporion.engine.rtp.arrivals import ArrivalRow

ON_THE_WIRE = 28
PROBE_ID = 7


@pytest.fixture
def publisher(rig: Rig) -> Publisher:
    return rig.publisher(rids=())


@pytest.fixture
def viewer(rig: Rig, publisher: Publisher) -> Viewer:
    """It has been sent a key frame of four packets and five small frames."""
    viewer = rig.viewer(numbered=True)
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True, sizes=(1000,) * 4)
    for _ in range(5):
        publisher.send_frame(sizes=(200,))
        rig.advance(0.033)
    return viewer


def probe(
    rig: Rig,
    viewer: Viewer,
    *,
    rate_bps: int = 2_000_000,
    min_packets: int = 5,
    duration_s: float = 0.015,
) -> list[Received]:
    """Probe, and return what went out."""
    viewer.take_packets()
    rig.forwarder.start_probe(
        viewer.transport_id,
        PROBE_ID,
        rate_bps=rate_bps,
        min_packets=min_packets,
        min_bytes=round(rate_bps * duration_s / 8),
        duration_s=duration_s,
        now_s=rig.now_s,
    )
    rig.drain()
    rig.advance(0.2)
    return viewer.take_packets()


def rows_after(rig: Rig, viewer: Viewer, sent: list[Received]) -> list[ArrivalRow]:
    viewer.report_arrivals(sent[0].wide_number, [i * 2.0 for i in range(len(sent))])
    return [row for event in rig.events_of(ArrivalsReported) for row in event.rows]


def test_it_repeats_the_last_key_frame_first(rig: Rig, viewer: Viewer) -> None:
    keyframe = viewer.received()[:4]
    sent = probe(rig, viewer, rate_bps=4_000_000)
    assert {packet.packet.ssrc for packet in sent} == {viewer.video.rtx_ssrc}
    for original, again in zip(keyframe, sent, strict=False):
        assert again.payload[:2] == original.sequence_number.to_bytes(2, "big")
        assert again.payload[2:] == original.payload
    statistics = rig.forwarder.statistics()
    assert statistics.probe_repeats_sent == 4
    assert len(sent) > 4, "padding comes last"
    assert all(packet.payload == b"" for packet in sent[4:])
    assert statistics.retransmissions_sent == 0, "nobody asked for them"


@pytest.mark.parametrize("rate_bps", [300_000, 1_000_000, 5_000_000])
def test_it_is_as_fast_and_as_long_as_asked(rig: Rig, viewer: Viewer, rate_bps: int) -> None:
    start_s = rig.now_s
    sent = probe(rig, viewer, rate_bps=rate_bps, duration_s=0.03)
    bits = 8 * sum(packet.wire_bytes + ON_THE_WIRE for packet in sent)
    assert bits >= rate_bps * 0.03
    lasted_s = max(sent[-1].at_s - start_s, 0.03)
    assert bits <= rate_bps * (lasted_s + 0.010) + 8 * 1300
    assert len(sent) >= 5


def test_on_a_slow_link_it_sends_little(rig: Rig, viewer: Viewer) -> None:
    """Five packets are wanted, whatever their size: small ones do not fill the link's queue."""
    sent = probe(rig, viewer, rate_bps=300_000, duration_s=0.04)
    assert len(sent) >= 5
    assert sum(packet.wire_bytes for packet in sent) < 2500


def test_all_of_it_is_marked(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    sent = probe(rig, viewer)
    publisher.send_frame()
    sent += viewer.take_packets()
    rows = rows_after(rig, viewer, sent)
    marked = [row for row in rows if row.probe_id == PROBE_ID]
    assert sum(row.packets for row in marked) == len(sent) - 3
    assert rows[-1].probe_id == 0
    wire = sum(packet.wire_bytes + ON_THE_WIRE for packet in sent[:-3])
    assert sum(row.received_bytes for row in marked) == wire


def test_waiting_video_goes_first_and_faster(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    rig.forwarder.set_pacing(viewer.transport_id, 200_000)
    publisher.send_frame(sizes=(1000,) * 12)
    sent = probe(rig, viewer, rate_bps=5_000_000, duration_s=0.015)
    media = [packet for packet in sent if packet.packet.ssrc == viewer.video.ssrc]
    assert sent[: len(media)] == media
    assert media[8].at_s - media[0].at_s <= 0.02


def test_a_viewer_that_has_seen_nothing_gets_padding(rig: Rig) -> None:
    viewer = rig.viewer(numbered=True)
    sent = probe(rig, viewer)
    assert len(sent) >= 5
    assert all(packet.padding_bytes == 255 and packet.payload == b"" for packet in sent)


def test_a_viewer_without_video_slots_is_not_probed(rig: Rig) -> None:
    viewer = rig.viewer(numbered=True, video=0)
    assert probe(rig, viewer) == []
    rig.advance(5.0)
    assert viewer.packets == []


def test_it_does_not_change_the_pacing(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    probe(rig, viewer)
    publisher.send_frame(sizes=(1200,) * 40)
    assert len(viewer.received()) == 40, "it was not paced before, and is not now"


def test_numbers_on_the_retransmission_stream_follow_each_other(rig: Rig, viewer: Viewer) -> None:
    sent = probe(rig, viewer)
    sent += probe(rig, viewer)
    numbers = [packet.sequence_number for packet in sent]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
