"""RTCP compounds: read whatever comes, build what we send (RFC 3550 §6.1, RFC 5506)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from .feedback import (
    APPLICATION_FORMAT,
    FULL_INTRA_FORMAT,
    NACK_FORMAT,
    PAYLOAD_FEEDBACK_TYPE,
    PICTURE_LOSS_FORMAT,
    TRANSPORT_FEEDBACK_TYPE,
    FullIntraRequest,
    Nack,
    PictureLoss,
    ReceiverEstimate,
    is_estimate,
    nack_pairs,
)
from .reports import (
    GOODBYE_TYPE,
    RECEIVER_REPORT_TYPE,
    SENDER_REPORT_TYPE,
    SOURCE_DESCRIPTION_TYPE,
    Goodbye,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    SourceChunk,
    SourceDescription,
    ntp_middle,
    ntp_time,
    unix_s,
)
from .rtcp_framing import HEADER_BYTES
from .transport_feedback import TRANSPORT_CC_FORMAT, TransportFeedback

__all__ = [
    "MAX_PACKETS",
    "FullIntraRequest",
    "Goodbye",
    "Nack",
    "PictureLoss",
    "ReceiverEstimate",
    "ReceiverReport",
    "ReportBlock",
    "RtcpCompound",
    "RtcpPacket",
    "SenderReport",
    "SourceChunk",
    "SourceDescription",
    "TransportFeedback",
    "build_compound",
    "nack_pairs",
    "ntp_middle",
    "ntp_time",
    "parse_compound",
    "unix_s",
]

MAX_PACKETS: Final = 64  # In one datagram; browsers send up to 5. The rest counts as malformed.

RtcpPacket = (
    SenderReport
    | ReceiverReport
    | SourceDescription
    | Goodbye
    | Nack
    | PictureLoss
    | FullIntraRequest
    | ReceiverEstimate
    | TransportFeedback
)


@dataclass(frozen=True, slots=True)
class RtcpCompound:
    """What one datagram held.

    Attributes:
        packets: Those that were understood, in order.
        malformed: How many broke their format; the one that breaks the framing ends the reading.
        unknown: How many are of a type or format that we do not read (XR, APP, other feedback).
    """

    packets: tuple[RtcpPacket, ...]
    malformed: int = 0
    unknown: int = 0


def parse_compound(data: bytes) -> RtcpCompound:
    """Read one datagram, decrypted. Reduced-size RTCP is taken as it is (RFC 5506)."""
    packets: list[RtcpPacket] = []
    malformed = unknown = 0
    at, size = 0, len(data)
    while at < size:
        end = _packet_end(data, at)
        body = None if end is None else _body(data, at, end)
        if end is None or body is None or len(packets) + malformed + unknown >= MAX_PACKETS:
            malformed += 1
            break
        parse = _find_parser(data[at + 1], data[at] & 0x1F, body)
        if parse is None:
            unknown += 1
        else:
            packet = parse(data[at] & 0x1F, body)
            if packet is None:
                malformed += 1
            else:
                packets.append(packet)
        at = end
    return RtcpCompound(tuple(packets), malformed, unknown)


def build_compound(packets: Iterable[RtcpPacket]) -> bytes:
    """Return the packets in a row.

    RFC 3550 §6.1 wants a report first and an SDES with a CNAME; reduced-size feedback may go
    without them once it was negotiated (`a=rtcp-rsize`). Which of both is the caller's choice.
    """
    return b"".join(packet.build() for packet in packets)


def _packet_end(data: bytes, at: int) -> int | None:
    """Return where the packet ends, None if its framing is broken."""
    if len(data) - at < HEADER_BYTES or data[at] >> 6 != 2:
        return None
    end = at + HEADER_BYTES + 4 * (data[at + 2] << 8 | data[at + 3])
    return end if end <= len(data) else None


def _body(data: bytes, at: int, end: int) -> bytes | None:
    """Return the body without padding, None if the padding is impossible."""
    body = data[at + HEADER_BYTES : end]
    if not data[at] & 0x20:
        return body
    # Only the last packet of a compound may be padded (RFC 3550 §6.4.1).
    if end != len(data) or not body or not 0 < body[-1] <= len(body) or body[-1] % 4:
        return None
    return body[: -body[-1]]


_Parser = Callable[[int, bytes], RtcpPacket | None]

_BY_TYPE: Final[dict[int, _Parser]] = {
    SENDER_REPORT_TYPE: SenderReport.parse,
    RECEIVER_REPORT_TYPE: ReceiverReport.parse,
    SOURCE_DESCRIPTION_TYPE: SourceDescription.parse,
    GOODBYE_TYPE: Goodbye.parse,
}
_BY_FORMAT: Final[dict[tuple[int, int], _Parser]] = {
    (TRANSPORT_FEEDBACK_TYPE, NACK_FORMAT): Nack.parse,
    (TRANSPORT_FEEDBACK_TYPE, TRANSPORT_CC_FORMAT): TransportFeedback.parse,
    (PAYLOAD_FEEDBACK_TYPE, PICTURE_LOSS_FORMAT): PictureLoss.parse,
    (PAYLOAD_FEEDBACK_TYPE, FULL_INTRA_FORMAT): FullIntraRequest.parse,
    (PAYLOAD_FEEDBACK_TYPE, APPLICATION_FORMAT): ReceiverEstimate.parse,
}


def _find_parser(packet_type: int, count: int, body: bytes) -> _Parser | None:
    """Return who reads this packet; of application feedback only REMB is known."""
    parser = _BY_FORMAT.get((packet_type, count))
    if parser is None:
        return _BY_TYPE.get(packet_type)
    if parser is ReceiverEstimate.parse and not is_estimate(body):
        return None
    return parser
