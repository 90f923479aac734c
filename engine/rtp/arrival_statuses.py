"""Read transport-wide feedback of a viewer, as fast as Python can: it comes 20 times a second.

Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. `transport_feedback` reads the same
into a value; here the statuses become one octet for each packet, and the deltas stay where they
are: the senders of groups of packets then count and sum slices of both.
"""

from struct import Struct
from typing import Final, NamedTuple

from .feedback import TRANSPORT_FEEDBACK_TYPE
from .rtcp_framing import HEADER_BYTES
from .transport_feedback import TRANSPORT_CC_FORMAT

MISSING, SMALL, LARGE, RESERVED = range(4)

_FIRST_OCTET: Final = 0x80 | TRANSPORT_CC_FORMAT  # Version 2.
_P_BIT: Final = 0x20  # Browsers pad to whole words with the P bit set (RFC 3550 §6.4.1).
_HEADER: Final = Struct(">IIHHI")
_CHUNK: Final = Struct(">H")
_MAX_RUN: Final = 0x1FFF
_RUN_SYMBOLS: Final = tuple(bytes((symbol,)) for symbol in range(4))
# Parts of vector chunks: seven symbols of one bit, and of two bits four and three.
_SEVEN: Final = tuple(bytes(value >> s & 1 for s in range(6, -1, -1)) for value in range(128))
_FOUR: Final = tuple(bytes(value >> s & 3 for s in (6, 4, 2, 0)) for value in range(256))
_THREE: Final = tuple(bytes(value >> s & 3 for s in (4, 2, 0)) for value in range(64))


class ArrivalStatuses(NamedTuple):
    """What one feedback packet says.

    Attributes:
        base_sequence: Transport-wide number of the first packet spoken of.
        symbols: One octet for each packet: `MISSING`, `SMALL` or `LARGE`.
        reference_time: In multiples of 64 ms, 24 bits.
        deltas: The packet's octets; those of the first received packet stand at `deltas_at`, one
            for a small one, two for a large one, in ticks of 250 µs.
        has_large: There is a large one at all.
    """

    media_ssrc: int
    base_sequence: int
    symbols: bytes
    reference_time: int
    deltas: bytes
    deltas_at: int
    has_large: bool


def is_feedback(data: bytes, at: int = 0) -> bool:
    """Say whether the RTCP packet at an offset is transport-wide feedback."""
    return data[at] & ~_P_BIT == _FIRST_OCTET and data[at + 1] == TRANSPORT_FEEDBACK_TYPE


def read_statuses(data: bytes, at: int, end: int, *, max_packets: int) -> ArrivalStatuses | None:
    """Read one feedback packet.

    Args:
        data: The RTCP compound, decrypted.
        at: Where the packet begins, its header included; see `is_feedback`.
        end: Where it ends, at most the size of `data`.
        max_packets: So many can be spoken of at most.

    Returns:
        None if it speaks of nothing or of more than that, has a reserved status, or is cut off.
    """
    if data[at] & _P_BIT:
        end -= data[end - 1]  # Too much of it, and what follows is cut off.
    at += HEADER_BYTES
    if end - at < _HEADER.size:
        return None
    _, media_ssrc, base_sequence, count, last = _HEADER.unpack_from(data, at)
    if not 0 < count <= max_packets:
        return None
    at += _HEADER.size
    symbols = b""
    while len(symbols) < count:
        if at + _CHUNK.size > end:
            return None
        chunk = data[at] << 8 | data[at + 1]
        at += _CHUNK.size
        if chunk & 0xC000 == 0xC000:
            symbols += _FOUR[chunk >> 6 & 0xFF] + _THREE[chunk & 0x3F]
        elif chunk & 0x8000:
            symbols += _SEVEN[chunk >> 7 & 0x7F] + _SEVEN[chunk & 0x7F]
        elif chunk & _MAX_RUN:
            run = min(chunk & _MAX_RUN, count - len(symbols))
            symbols += _RUN_SYMBOLS[chunk >> 13] * run
        else:
            return None
    symbols = symbols[:count]  # A vector may be longer than what it speaks of.
    large = symbols.count(LARGE)
    if RESERVED in symbols or at + symbols.count(SMALL) + 2 * large > end:
        return None
    return ArrivalStatuses(media_ssrc, base_sequence, symbols, last >> 8, data, at, large > 0)
