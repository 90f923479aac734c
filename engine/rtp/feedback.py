"""RTCP feedback: NACK, PLI (RFC 4585), FIR (RFC 5104) and REMB (draft-alvestrand-rmcat-remb-03).

Every `parse` takes what stands in the place of a count, the feedback format, and the body after the
common header; it returns None if the body breaks its format.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Final

from .rtcp_framing import frame

TRANSPORT_FEEDBACK_TYPE: Final = 205  # RTPFB, RFC 4585 §6.1.
PAYLOAD_FEEDBACK_TYPE: Final = 206  # PSFB.
NACK_FORMAT: Final = 1
PICTURE_LOSS_FORMAT: Final = 1
FULL_INTRA_FORMAT: Final = 4
APPLICATION_FORMAT: Final = 15  # AFB: REMB is one.

_SSRCS: Final = Struct(">II")
_PAIR: Final = Struct(">HH")
_INTRA: Final = Struct(">IBxxx")
_REMB_MARK: Final = b"REMB"
_REMB_FIXED_BYTES: Final = 16
_MAX_MANTISSA: Final = 0x3_FFFF  # 18 bits.
_MASK_PACKETS: Final = 16  # That one NACK pair names besides its first.


@dataclass(frozen=True, slots=True)
class Nack:
    """Generic NACK: these packets of `media_ssrc` are missing (RFC 4585 §6.2.1)."""

    sender_ssrc: int
    media_ssrc: int
    sequence_numbers: tuple[int, ...]  # 16 bits each, each once, in the order of the wire.

    def build(self) -> bytes:
        """Return the packet; numbers that lie close together share a pair."""
        pairs = b"".join(_PAIR.pack(*pair) for pair in nack_pairs(self.sequence_numbers))
        body = _SSRCS.pack(self.sender_ssrc, self.media_ssrc) + pairs
        return frame(TRANSPORT_FEEDBACK_TYPE, NACK_FORMAT, body)

    @staticmethod
    def parse(count: int, body: bytes) -> "Nack | None":
        """Read a body; 17 numbers at most for each of its words."""
        if len(body) < _SSRCS.size + _PAIR.size:
            return None
        numbers: list[int] = []
        for at in range(_SSRCS.size, len(body) - 3, _PAIR.size):
            first, mask = _PAIR.unpack_from(body, at)
            numbers.append(first)
            while mask:
                lowest = mask & -mask
                numbers.append((first + lowest.bit_length()) & 0xFFFF)
                mask ^= lowest
        sender_ssrc, media_ssrc = _SSRCS.unpack_from(body)
        # Each number once: a repeated one would have its packet sent again and again.
        return Nack(sender_ssrc, media_ssrc, tuple(dict.fromkeys(numbers)))


def nack_pairs(sequence_numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return (packet id, bit mask of the following 16) pairs.

    Args:
        sequence_numbers: Best in ascending order, also across the wrap: each number joins the
            pair before it if it lies at most 16 ahead. Cut to 16 bits.
    """
    pairs: list[tuple[int, int]] = []
    first = mask = 0
    for number in sequence_numbers:
        ahead = (number - first) & 0xFFFF
        if pairs and ahead <= _MASK_PACKETS:
            if ahead:
                mask |= 1 << (ahead - 1)
            pairs[-1] = (first, mask)
        else:
            first, mask = number & 0xFFFF, 0
            pairs.append((first, 0))
    return pairs


@dataclass(frozen=True, slots=True)
class PictureLoss:
    """PLI: the receiver cannot decode; a key frame is asked for (RFC 4585 §6.3.1)."""

    sender_ssrc: int
    media_ssrc: int

    def build(self) -> bytes:
        """Return the packet."""
        body = _SSRCS.pack(self.sender_ssrc, self.media_ssrc)
        return frame(PAYLOAD_FEEDBACK_TYPE, PICTURE_LOSS_FORMAT, body)

    @staticmethod
    def parse(count: int, body: bytes) -> "PictureLoss | None":
        """Read a body."""
        return PictureLoss(*_SSRCS.unpack_from(body)) if len(body) >= _SSRCS.size else None


@dataclass(frozen=True, slots=True)
class FullIntraRequest:
    """FIR: these SSRCs are to send a key frame, once for each command number (RFC 5104 §4.3.1)."""

    sender_ssrc: int
    requests: tuple[tuple[int, int], ...]  # (SSRC, command sequence number of 8 bits).

    def build(self) -> bytes:
        """Return the packet."""
        entries = b"".join(_INTRA.pack(ssrc, number & 0xFF) for ssrc, number in self.requests)
        # RFC 5104 §4.3.1.2: the media SSRC of the header is not used and SHALL be 0.
        body = _SSRCS.pack(self.sender_ssrc, 0) + entries
        return frame(PAYLOAD_FEEDBACK_TYPE, FULL_INTRA_FORMAT, body)

    @staticmethod
    def parse(count: int, body: bytes) -> "FullIntraRequest | None":
        """Read a body."""
        if len(body) < _SSRCS.size + _INTRA.size:
            return None
        starts = range(_SSRCS.size, len(body) - _INTRA.size + 1, _INTRA.size)
        requests = tuple(_read_intra(body, at) for at in starts)
        return FullIntraRequest(_SSRCS.unpack_from(body)[0], requests)


def _read_intra(body: bytes, at: int) -> tuple[int, int]:
    ssrc, number = _INTRA.unpack_from(body, at)
    return ssrc, number


@dataclass(frozen=True, slots=True)
class ReceiverEstimate:
    """REMB: so much the receiver believes that its downlink carries (draft of the module)."""

    sender_ssrc: int
    bitrate_bps: int
    ssrcs: tuple[int, ...]

    def build(self) -> bytes:
        """Return the packet; the rate is rounded down to 18 significant bits."""
        mantissa, exponent = self.bitrate_bps, 0
        if mantissa > _MAX_MANTISSA:
            exponent = mantissa.bit_length() - 18
            mantissa >>= exponent
        if exponent > 63 or len(self.ssrcs) > 255:
            raise ValueError("REMB holds rates below 2**81 bit/s and at most 255 SSRCs")
        rate = (len(self.ssrcs) << 24 | exponent << 18 | mantissa).to_bytes(4, "big")
        ssrcs = b"".join(ssrc.to_bytes(4, "big") for ssrc in self.ssrcs)
        body = _SSRCS.pack(self.sender_ssrc, 0) + _REMB_MARK + rate + ssrcs
        return frame(PAYLOAD_FEEDBACK_TYPE, APPLICATION_FORMAT, body)

    @staticmethod
    def parse(count: int, body: bytes) -> "ReceiverEstimate | None":
        """Read a body; None as well for application feedback that is no REMB."""
        if len(body) < _REMB_FIXED_BYTES or not is_estimate(body):
            return None
        end = _REMB_FIXED_BYTES + 4 * body[12]
        if len(body) < end:
            return None
        mantissa = (body[13] & 3) << 16 | body[14] << 8 | body[15]
        return ReceiverEstimate(
            sender_ssrc=int.from_bytes(body[:4], "big"),
            bitrate_bps=mantissa << (body[13] >> 2),
            ssrcs=tuple(
                int.from_bytes(body[at : at + 4], "big") for at in range(_REMB_FIXED_BYTES, end, 4)
            ),
        )


def is_estimate(body: bytes) -> bool:
    """Tell REMB from other application feedback by its mark."""
    return body[8:12] == _REMB_MARK
