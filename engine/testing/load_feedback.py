"""What a load client tells of what arrives, as a browser: arrivals, and a report of each slot.

Feedback goes out each 50 ms, as libwebrtc sends it from 0.2 Mbit/s on, without a report before it
(RFC 5506). Each slot that received something is reported once a second in a packet of its own:
libwebrtc's receive streams do not know of each other. Header extensions are not encrypted, so that
a client may tell arrivals of packets that it never opens.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ..rtp.extensions import read_elements, read_transport_cc
from ..rtp.packet import FIXED_HEADER_BYTES
from ..rtp.rtcp import ReceiverReport, ReportBlock, SenderReport, ntp_middle, parse_compound
from ..rtp.twcc import ArrivalRecorder
from .load_client_sdp import TRANSPORT_CC_ID

REPORT_INTERVAL_S: Final = 1.0
_SENDER_SSRC: Final = 1  # As libwebrtc's, of who sends no media.
_UNITS_PER_S: Final = 65_536  # Of LSR and DLSR (RFC 3550 §6.4.1).
_EXTENSION_BIT: Final = 0x10


@dataclass(frozen=True, slots=True)
class Received:
    """What is to be reported of one SSRC. `highest_sequence`: extended beyond 16 bits."""

    ssrc: int
    packets: int
    lost: int
    highest_sequence: int


class LoadFeedback:
    """Of one client. All times are seconds of one clock.

    Attributes:
        told: RTCP packets that were made.
    """

    __slots__ = ("_arrivals", "_before", "_media_ssrc", "_report_at_s", "_sender_reports", "told")

    def __init__(self) -> None:
        self._arrivals = ArrivalRecorder()
        self._media_ssrc = 0
        self._sender_reports: dict[int, tuple[int, float]] = {}  # (LSR, when), by SSRC.
        self._before: dict[int, Received] = {}  # As last reported.
        self._report_at_s = 0.0
        self.told = 0

    def handle_rtp(self, packet: bytes, arrived_s: float) -> None:
        """Note an arrival; of a protected packet, too. One without the extension is not told."""
        number = _transport_sequence(packet)
        if number is not None:
            self._media_ssrc = int.from_bytes(packet[8:12], "big")
            self._arrivals.record(number, arrived_s)

    def handle_rtcp(self, compound: bytes, arrived_s: float) -> None:
        """Note when the sender reported, for its round trips."""
        for packet in parse_compound(compound).packets:
            if isinstance(packet, SenderReport):
                self._sender_reports[packet.ssrc] = (ntp_middle(packet.ntp_time), arrived_s)

    def take(self, received: Iterable[Received], now_s: float) -> list[bytes]:
        """Return the RTCP packets that are due."""
        due = [
            feedback.build()
            for feedback in self._arrivals.take_feedback(_SENDER_SSRC, self._media_ssrc)
        ]
        if now_s >= self._report_at_s:
            self._report_at_s = now_s + REPORT_INTERVAL_S
            due += self._reports(received, now_s)
        self.told += len(due)
        return due

    def _reports(self, received: Iterable[Received], now_s: float) -> Iterator[bytes]:
        for of_now in received:
            before = self._before.get(of_now.ssrc, Received(of_now.ssrc, 0, 0, 0))
            self._before[of_now.ssrc] = of_now
            packets, lost = of_now.packets - before.packets, max(0, of_now.lost - before.lost)
            if packets + lost:
                last_sr, reported_s = self._sender_reports.get(of_now.ssrc, (0, now_s))
                block = ReportBlock(
                    ssrc=of_now.ssrc,
                    fraction_lost=min(255, 256 * lost // (packets + lost)),
                    packets_lost=of_now.lost,
                    highest_sequence=of_now.highest_sequence,
                    jitter=0,  # Nothing in the server asks for it.
                    last_sr=last_sr,
                    delay_since_last_sr=round((now_s - reported_s) * _UNITS_PER_S),
                )
                yield ReceiverReport(_SENDER_SSRC, (block,)).build()


def _transport_sequence(packet: bytes) -> int | None:
    if not packet[0] & _EXTENSION_BIT:
        return None
    at = FIXED_HEADER_BYTES + ((packet[0] & 0x0F) << 2)
    profile = int.from_bytes(packet[at : at + 2], "big")
    end = at + 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big")
    return read_transport_cc(read_elements(profile, packet, at + 4, end).get(TRANSPORT_CC_ID))
