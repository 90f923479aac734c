"""What a load client tells of what arrives is what a server reads there."""

import pytest

from emporion.engine.rtp.extensions import build_transport_cc
from emporion.engine.rtp.rtcp import ReceiverReport, SenderReport, ntp_time, parse_compound
from emporion.engine.rtp.transport_feedback import TransportFeedback
from emporion.engine.testing.load_client_sdp import MID_ID, TRANSPORT_CC_ID
from emporion.engine.testing.load_feedback import LoadFeedback, Received
from emporion.engine.testing.video_packets import build_rtp

SSRC = 0x1234
NOW_S = 1_000_000.0


def packet(extensions: dict[int, bytes]) -> bytes:
    return build_rtp(
        b"encrypted",
        payload_type=96,
        sequence_number=1,
        rtp_timestamp=0,
        ssrc=SSRC,
        extensions=extensions,
    )


def numbered(sequence_number: int) -> bytes:
    return packet({MID_ID: b"0", TRANSPORT_CC_ID: build_transport_cc(sequence_number)})


def test_each_arrival_is_told_once_with_its_time_and_gaps_are_losses() -> None:
    feedback = LoadFeedback()
    for number, since_s in ((65_534, 0.0), (65_535, 0.005), (1, 0.010)):
        feedback.handle_rtp(numbered(number), NOW_S + since_s)

    (made,) = feedback.take([], NOW_S + 0.05)

    (told,) = parse_compound(made).packets
    assert isinstance(told, TransportFeedback)
    assert (told.base_sequence, told.packet_count, told.media_ssrc) == (65_534, 4, SSRC)
    first_ticks = told.arrivals[0][1]
    since = [(offset, ticks - first_ticks) for offset, ticks in told.arrivals]
    assert since == [(0, 0), (1, 20), (3, 40)]  # Ticks of 250 us; 0 is missing.
    assert feedback.take([], NOW_S + 0.1) == []
    assert feedback.told == 1


def test_a_packet_without_a_transport_wide_number_is_not_told() -> None:
    feedback = LoadFeedback()
    feedback.handle_rtp(packet({}), NOW_S)
    feedback.handle_rtp(packet({MID_ID: b"0"}), NOW_S)
    assert feedback.take([], NOW_S) == []


def test_a_slot_is_reported_each_second_with_what_was_lost_since() -> None:
    feedback = LoadFeedback()
    sent = SenderReport(SSRC, ntp_time(NOW_S), 0, 0, 0)
    feedback.handle_rtcp(sent.build(), NOW_S + 0.1)
    reports: list[ReceiverReport] = []
    for tick in range(41):
        since_s = 0.2 + tick * 0.05
        received = Received(SSRC, packets=30 + 3 * tick, lost=tick, highest_sequence=29 + 4 * tick)
        silent = Received(SSRC + 1, packets=0, lost=0, highest_sequence=0)
        for made in feedback.take([received, silent], NOW_S + since_s):
            (report,) = parse_compound(made).packets
            assert isinstance(report, ReceiverReport)
            reports.append(report)

    first, second, third = [block for report in reports for block in report.reports]
    assert (first.ssrc, first.fraction_lost, first.packets_lost) == (SSRC, 0, 0)
    assert (second.fraction_lost, second.packets_lost) == (64, 20)  # A quarter.
    assert (third.packets_lost, third.highest_sequence) == (40, 189)
    assert second.round_trip_s(ntp_time(NOW_S + 1.25)) == pytest.approx(0.15, abs=0.001)
