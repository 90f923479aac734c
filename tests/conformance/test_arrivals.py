"""A viewer's transport-wide feedback comes back as rows of what was sent, and only of that."""

import random
import struct

import pytest
from aiortc.rtp import RtcpPsfbPacket
from conformance.feedback_writer import write_feedback
from conformance.rig import Publisher, Rig, Viewer

from emporion.engine.forward.api import ArrivalsReported
from emporion.engine.rtp.arrivals import ArrivalRow

ON_THE_WIRE = 28  # IPv4 and UDP.


@pytest.fixture
def publisher(rig: Rig) -> Publisher:
    return rig.publisher(rids=())


@pytest.fixture
def viewer(rig: Rig, publisher: Publisher) -> Viewer:
    """It has been sent a key frame of three packets, numbers 0 to 2."""
    viewer = rig.viewer(numbered=True)
    viewer.watch(publisher)
    viewer.listen(publisher)
    publisher.send_frame(keyframe=True)
    return viewer


def rows(rig: Rig) -> list[ArrivalRow]:
    return [row for event in rig.events_of(ArrivalsReported) for row in event.rows]


def test_a_row_for_each_group_that_was_sent_at_once(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    start_s = rig.now_s
    rig.advance(0.02)
    publisher.speak()
    viewer.report_arrivals(0, [0, 1, 2.5, 30], reference_time=10)
    train, voice = rows(rig)
    assert train.send_s == start_s
    assert voice.send_s == pytest.approx(start_s + 0.02)
    assert train.arrival_s == pytest.approx(0.6425)
    assert voice.arrival_s == pytest.approx(0.67)
    assert (train.packets, train.lost, voice.packets, voice.lost) == (3, 0, 1, 0)
    wire = [packet.wire_bytes + ON_THE_WIRE for packet in viewer.packets]
    assert (train.sent_bytes, voice.sent_bytes) == (sum(wire[:3]), wire[3])
    assert (train.received_bytes, voice.received_bytes) == (sum(wire[:3]), wire[3])
    assert train.probe_id == voice.probe_id == 0


def test_losses_are_counted_by_group(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    publisher.speak()
    publisher.speak()
    viewer.report_arrivals(0, [None, 1, None, None, 9])
    train, lost, arrived = rows(rig)
    assert (train.packets, train.lost) == (3, 2)
    assert train.received_bytes == train.sent_bytes // 3
    assert (lost.arrival_s, lost.received_bytes, lost.lost) == (None, 0, 1)
    assert arrived.arrival_s is not None


def test_a_group_that_two_reports_share_makes_two_rows(rig: Rig, viewer: Viewer) -> None:
    viewer.report_arrivals(0, [0])
    viewer.report_arrivals(1, [3, None])
    first, second = rows(rig)
    assert (first.packets, second.packets, second.lost) == (1, 2, 1)
    wire = [packet.wire_bytes + ON_THE_WIRE for packet in viewer.packets]
    assert first.sent_bytes + second.sent_bytes == pytest.approx(sum(wire), abs=2)


def test_the_reference_time_wraps(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    viewer.report_arrivals(0, [0, 0, 0], reference_time=0xFF_FFFF)
    publisher.speak()
    viewer.report_arrivals(3, [0], reference_time=1)
    before, after = rows(rig)
    assert before.arrival_s is not None
    assert after.arrival_s == pytest.approx(before.arrival_s + 0.128)


def test_arrivals_out_of_order_give_the_latest(rig: Rig, viewer: Viewer) -> None:
    viewer.report_arrivals(0, [50, 5, 20], reference_time=0)
    (row,) = rows(rig)
    assert row.arrival_s == pytest.approx(0.05)


def test_a_lost_report_leaves_no_rows(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    publisher.speak()
    viewer.report_arrivals(3, [7])
    (row,) = rows(rig)
    assert row.packets == 1


def test_what_was_reported_counts_once(rig: Rig, publisher: Publisher, viewer: Viewer) -> None:
    """Repeated, overtaken and contradicting reports: only what is new in them."""
    publisher.speak()
    viewer.report_arrivals(0, [0, 1, 2])
    viewer.report_arrivals(0, [0, 1, 2])
    viewer.report_arrivals(0, [None, None, None])
    assert len(rows(rig)) == 1
    viewer.report_arrivals(1, [None, 600, 601], reference_time=100)
    assert len(rows(rig)) == 2
    new = rows(rig)[1]
    assert (new.packets, new.lost) == (1, 0)
    assert new.arrival_s == pytest.approx(6.4 + 0.601)
    assert rig.forwarder.statistics().feedback_stale == 2


def test_what_was_never_sent_is_refused(rig: Rig, viewer: Viewer) -> None:
    viewer.report_arrivals(0, [0, 1, 2, 3])
    viewer.report_arrivals(3, [0])
    viewer.report_arrivals(30_000, [0])
    viewer.report_arrivals(0, [None] * 4000)
    assert rows(rig) == []
    statistics = rig.forwarder.statistics()
    assert (statistics.feedback_received, statistics.feedback_refused) == (4, 3)
    assert statistics.feedback_stale == 1, "30 000 may have been sent, a cycle ago"
    viewer.report_arrivals(0, [0, 1, 2])
    assert len(rows(rig)) == 1, "the others have cost nothing"


def test_feedback_on_a_strange_ssrc_is_refused(rig: Rig, viewer: Viewer) -> None:
    other = rig.viewer(numbered=True)
    viewer.report_arrivals(0, [0, 1, 2], media_ssrc=other.video.ssrc)
    assert rows(rig) == []
    assert rig.forwarder.statistics().feedback_refused == 1
    viewer.report_arrivals(0, [0, 1, 2], media_ssrc=viewer.video.rtx_ssrc)
    assert len(rows(rig)) == 1, "packets of retransmissions are ours as well"


def test_other_packets_of_the_compound_are_read(rig: Rig, viewer: Viewer) -> None:
    pli = bytes(RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=viewer.video.ssrc))
    feedback = write_feedback(0, [0, 1, 2], reference_time=1, media_ssrc=viewer.video.ssrc)
    viewer.send_rtcp(pli, feedback, pli)
    assert len(rows(rig)) == 1
    assert rig.forwarder.statistics().keyframe_requests_received == 2


def test_cut_and_mutated_feedback_disturbs_nobody(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    seeded = random.Random(5)
    whole = write_feedback(0, [0, 1, 2], reference_time=1, media_ssrc=viewer.video.ssrc)
    for _ in range(2000):
        changed = bytearray(whole[: 4 * seeded.randint(2, len(whole) // 4)])
        struct.pack_into(">H", changed, 2, len(changed) // 4 - 1)
        for _ in range(seeded.randint(0, 3)):
            changed[seeded.randrange(4, len(changed))] ^= 1 << seeded.randrange(8)
        viewer.send_rtcp(bytes(changed))
    publisher.send_frame()
    assert len(viewer.received()) == 6


def test_who_never_reports_is_remembered_for_two_seconds_only(
    rig: Rig, publisher: Publisher, viewer: Viewer
) -> None:
    for _ in range(900):
        publisher.speak()
        rig.advance(0.02)
    viewer.report_arrivals(3, [0.0] * 900)
    assert 300 < len(rows(rig)) <= 600
