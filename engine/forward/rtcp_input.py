"""RTCP as it comes in: reports of publishers, reports and wishes of viewers.

BYE is ignored: browsers send it for SSRCs that go on (facts/slots-firefox.md §3).
"""

from typing import Final

from ..rtp.rtcp import (
    FullIntraRequest,
    Nack,
    PictureLoss,
    ReceiverEstimate,
    ReceiverReport,
    ReportBlock,
    RtcpPacket,
    SenderReport,
    ntp_middle,
    parse_compound,
)
from .api import ReceptionReported, RembReported
from .arrivals_input import take_arrivals
from .audio_retransmission import resend_audio
from .forwarder_state import ForwarderState
from .outbound_slot import AudioSlot, VideoSlot
from .retransmission import retransmit
from .sender_reports import server_ntp_middle
from .transport_state import TransportState

_UNITS_PER_S: Final = 65_536  # Of LSR and DLSR (RFC 3550 §6.4.1).
_MAX_ROUND_TRIP_S: Final = 10.0  # More is a wrapped or made-up report.
_NTP_UNIT: Final = 2.0**-32
KEYFRAME_AGE_S: Final = 0.3  # A request this soon after a key frame has crossed it on the way.
_REPORTED_PACKETS: Final = 256
ESTIMATE_INTERVAL_S: Final = 0.9  # Browsers send a REMB about twice a second.


def handle_rtcp(
    state: ForwarderState, transport: TransportState, data: bytes, now_s: float
) -> None:
    """Take in one SRTCP packet. Nothing that a peer sends raises."""
    plain = None if transport.opener is None else transport.opener.open_rtcp(data)
    if plain is None:
        state.counters.dropped_unauthentic += 1
        return
    rest = take_arrivals(state, transport, plain)
    if not rest:
        return
    compound = parse_compound(rest)
    state.counters.dropped_malformed += compound.malformed
    blocks: list[ReportBlock] = []
    for packet in compound.packets:
        _handle_item(state, transport, packet, blocks, now_s)
    _tell_reception(state, transport, blocks, now_s)


def _handle_item(
    state: ForwarderState,
    transport: TransportState,
    packet: RtcpPacket,
    blocks: list[ReportBlock],
    now_s: float,
) -> None:
    match packet:
        case SenderReport():
            _handle_sender_report(transport, packet, now_s)
            blocks += packet.reports
        case ReceiverReport():
            blocks += packet.reports
        case Nack():
            slot = transport.slot_by_ssrc.get(packet.media_ssrc)
            if isinstance(slot, VideoSlot):
                retransmit(state, slot, packet.sequence_numbers, now_s)
            elif isinstance(slot, AudioSlot):
                resend_audio(state, slot, packet.sequence_numbers, now_s)
        case PictureLoss():
            _handle_keyframe_request(state, transport, packet.media_ssrc, now_s)
        case FullIntraRequest():
            for media_ssrc, _ in packet.requests:
                _handle_keyframe_request(state, transport, media_ssrc, now_s)
        case ReceiverEstimate():
            _tell_remb(state, transport, packet.bitrate_bps, now_s)
        case _:
            pass  # BYE, and feedback that we did not ask for.


def _tell_remb(
    state: ForwarderState, transport: TransportState, remb_bps: int, now_s: float
) -> None:
    since_s = now_s - transport.estimate_told_s
    if since_s < ESTIMATE_INTERVAL_S:
        return
    octets = sum(slot.octets_sent for slot in transport.slots)
    sent_bps = round(8 * (octets - transport.estimate_told_octets) / since_s)
    transport.estimate_told_s, transport.estimate_told_octets = now_s, octets
    state.outputs.append(RembReported(transport.transport_id, remb_bps, sent_bps))


def _handle_sender_report(transport: TransportState, report: SenderReport, now_s: float) -> None:
    encoding = transport.encodings.get(report.ssrc)
    if encoding is None or report.ntp_time == 0:
        return
    encoding.clock.report(report.ntp_time * _NTP_UNIT, report.rtp_timestamp, now_s)
    encoding.reception.sender_report(ntp_middle(report.ntp_time), now_s)


def _handle_keyframe_request(
    state: ForwarderState, transport: TransportState, media_ssrc: int, now_s: float
) -> None:
    """A viewer cannot decode (any more): ask its source, unless that is being done."""
    counters = state.counters
    counters.keyframe_requests_received += 1
    slot = transport.slot_by_ssrc.get(media_ssrc)
    if not isinstance(slot, VideoSlot) or slot.encoding is None:
        counters.keyframe_requests_suppressed += 1
        return
    encoding = slot.encoding
    is_spent = encoding.track.requests.budget.is_spent
    recent = now_s - encoding.last_keyframe_s < KEYFRAME_AGE_S
    if recent or not slot.patience.may_ask(now_s, is_spent=is_spent):
        counters.keyframe_requests_suppressed += 1
        return
    if not encoding.track.need_keyframe(encoding, now_s):
        counters.keyframe_requests_suppressed += 1


def _tell_reception(
    state: ForwarderState,
    transport: TransportState,
    blocks: list[ReportBlock],
    now_s: float,
) -> None:
    """Tell of the worst slot, if the report is about slots at all."""
    ours = [block for block in blocks if block.ssrc in transport.slot_by_ssrc]
    if not ours:
        return
    if not transport.is_numbered:
        # The ratio of one report stands for the packets of a second.
        transport.losses.told += _REPORTED_PACKETS
        worst = max(block.fraction_lost for block in ours)
        transport.losses.lost += _REPORTED_PACKETS * worst // 256
    trips_s = [trip_s for block in ours if (trip_s := _round_trip_s(block, now_s)) is not None]
    state.outputs.append(
        ReceptionReported(
            transport_id=transport.transport_id,
            lost_ratio=max(block.fraction_lost for block in ours) / 256,
            round_trip_s=max(trips_s, default=None),
        )
    )


def _round_trip_s(block: ReportBlock, now_s: float) -> float | None:
    if not block.last_sr:
        return None
    units = server_ntp_middle(now_s) - block.last_sr - block.delay_since_last_sr & 0xFFFF_FFFF
    round_trip_s = units / _UNITS_PER_S
    return round_trip_s if round_trip_s < _MAX_ROUND_TRIP_S else None
