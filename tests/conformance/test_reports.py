"""Sender reports are on the server's clock; receiver reports tell publishers their loss."""

import pytest
from aiortc.rtp import RtcpRrPacket, RtcpSdesPacket, RtcpSrPacket
from conformance.rig import OPUS, Publisher, Rig, Viewer

from emporion.engine.forward.api import ReceptionReported


def reports(viewer: Viewer, ssrc: int) -> list[RtcpSrPacket]:
    return [sr for sr in viewer.rtcp_of(RtcpSrPacket) if sr.ssrc == ssrc]


def show(rig: Rig, viewer: Viewer, publisher: Publisher, seconds: float) -> None:
    """Let a publisher send and report while the viewer watches and listens."""
    viewer.watch(publisher)
    viewer.listen(publisher)
    for number in range(round(seconds * 50)):
        if number % 2 == 0:
            publisher.send_frame(keyframe=number == 0)
        publisher.encodings[0].ticks_per_frame = 3600
        publisher.speak()
        if number == 10:
            publisher.report(publisher.encodings[0])
            publisher.report(publisher.microphone)
        rig.advance(0.02)


def test_a_viewer_gets_one_each_second_for_each_slot(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    show(rig, viewer, publisher, 5.0)
    for slot in (viewer.video, viewer.audio):
        assert 5 <= len(reports(viewer, slot.ssrc)) <= 7


def test_a_switch_is_reported_at_once(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    report = reports(viewer, viewer.video.ssrc)[0]
    assert report.sender_info.rtp_timestamp == viewer.received()[0].rtp_timestamp


def test_a_slot_without_media_is_not_reported(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    rig.advance(3.0)
    assert viewer.rtcp_of(RtcpSrPacket) == []


def test_all_slots_share_one_name(rig: Rig) -> None:
    """The receiver may then pair audio and video of any two slots (RFC 3550 §6.5.1)."""
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    show(rig, viewer, publisher, 2.0)
    names = {item for p in viewer.rtcp_of(RtcpSdesPacket) for c in p.chunks for item in c.items}
    assert len(names) == 1


def test_audio_and_video_stay_on_one_clock_over_switches(rig: Rig) -> None:
    """NTP to RTP is the same line for all sources, even if a sender's clock is 3 s ahead."""
    honest, ahead, viewer = rig.publisher(rids=()), rig.publisher(rids=()), rig.viewer()
    ahead.clock_ahead_s = 3.0
    for publisher in (honest, ahead, honest):
        show(rig, viewer, publisher, 3.0)
    for slot, clock_hz in ((viewer.video, 90_000), (viewer.audio, OPUS.clock_rate_hz)):
        lines = [
            sr.sender_info.rtp_timestamp / clock_hz - sr.sender_info.ntp_timestamp / 2**32
            for sr in reports(viewer, slot.ssrc)
        ]
        assert max(lines) - min(lines) < 0.05


def test_reports_count_what_was_sent(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    show(rig, viewer, publisher, 3.0)
    last = reports(viewer, viewer.video.ssrc)[-1].sender_info
    sent = viewer.received()
    assert 0 < last.packet_count <= len(sent)
    assert 0 < last.octet_count <= sum(len(r.payload) + r.padding_bytes for r in sent)


def test_a_publisher_is_told_its_losses(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    for _ in range(50):
        packets = publisher.encodings[0].frame(sizes=(500,) * 4)
        publisher.send(packets[:3])
        rig.advance(0.02)
    rig.advance(1.0)
    blocks = [
        block
        for rr in publisher.rtcp_of(RtcpRrPacket)
        for block in rr.reports
        if block.ssrc == publisher.encodings[0].ssrc
    ]
    assert max(block.fraction_lost for block in blocks) == pytest.approx(64, abs=8)
    assert blocks[-1].packets_lost == pytest.approx(50, abs=2)
    assert rig.forwarder.statistics().packets_lost_inbound == blocks[-1].packets_lost


def test_a_publisher_can_measure_its_round_trip(rig: Rig) -> None:
    publisher = rig.publisher(rids=())
    publisher.send_frame()
    publisher.report(publisher.encodings[0])
    sent_s = rig.now_s
    rig.advance(1.1)
    block = publisher.rtcp_of(RtcpRrPacket)[-1].reports[0]
    assert block.lsr != 0
    assert 0 <= block.dlsr / 65_536 <= rig.now_s - sent_s


def test_a_viewers_report_is_passed_on_with_its_round_trip(rig: Rig) -> None:
    publisher, viewer = rig.publisher(rids=()), rig.viewer()
    viewer.watch(publisher)
    publisher.send_frame(keyframe=True)
    sent = reports(viewer, viewer.video.ssrc)[-1]
    rig.advance(0.080)
    middle = sent.sender_info.ntp_timestamp >> 16 & 0xFFFF_FFFF
    viewer.report(viewer.video, fraction_lost=64, lsr=middle, dlsr=round(0.030 * 65_536))

    (told,) = rig.events_of(ReceptionReported)
    assert told.transport_id == viewer.transport_id
    assert told.lost_ratio == 0.25
    assert told.round_trip_s == pytest.approx(0.050, abs=0.002)
