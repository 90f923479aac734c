"""Feedback to publishers: what arrived and how well, what is missing, requests for key frames."""

from collections.abc import Sequence
from typing import Final

from ..rtp.rtcp import Nack, PictureLoss, ReceiverReport
from .encoding import InboundEncoding
from .forwarder_state import ForwarderState
from .sender_reports import send_rtcp
from .transport_state import TransportState

RECEIVER_SSRC: Final = 1  # Whose feedback it is; any value will do, browsers use this one as well.
_MAX_BLOCKS: Final = 31  # RFC 3550 §6.4.1: the count has five bits.


def send_arrivals(state: ForwarderState, transport: TransportState) -> None:
    """Tell a sender when its packets came: its estimate lives on it (facts/webrtc.md 11)."""
    media_ssrc = next(iter(transport.encodings), 0)
    packets = transport.twcc.take_feedback(RECEIVER_SSRC, media_ssrc)
    for packet in packets:
        send_rtcp(state, transport, [packet])


def send_receiver_reports(state: ForwarderState, transport: TransportState, now_s: float) -> None:
    """Tell a sender how well each of its encodings came in the last second."""
    blocks = []
    for encoding in transport.encodings.values():
        lost_before = encoding.reception.packets_lost_reported
        block = encoding.reception.summarise(now_s)
        if block is not None:
            blocks.append(block)
            lost = encoding.reception.packets_lost_reported - lost_before
            state.counters.packets_lost_inbound += max(0, lost)
    if blocks:
        report = ReceiverReport(RECEIVER_SSRC, tuple(blocks[:_MAX_BLOCKS]))
        send_rtcp(state, transport, [report])


def send_nack(state: ForwarderState, encoding: InboundEncoding, sequences: Sequence[int]) -> None:
    """Ask a sender for packets, by unwrapped sequence number in order."""
    state.counters.nacks_sent += len(sequences)
    numbers = tuple(sequence & 0xFFFF for sequence in sequences)
    send_rtcp(state, encoding.track.transport, [Nack(RECEIVER_SSRC, encoding.ssrc, numbers)])


def send_keyframe_requests(
    state: ForwarderState, transport: TransportState, encodings: Sequence[InboundEncoding]
) -> None:
    """Ask a sender for key frames, all in one compound packet."""
    state.counters.keyframe_requests_sent += 1
    send_rtcp(state, transport, [PictureLoss(RECEIVER_SSRC, e.ssrc) for e in encodings])
