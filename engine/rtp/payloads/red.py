"""Redundant audio (RFC 2198): a packet that holds the one before, and the one before that, again.

What gets lost alone or in pairs is then still there when the next packet comes, without a round
trip.
"""

from collections.abc import Sequence
from struct import Struct
from typing import Final, NamedTuple

GENERATIONS: Final = 2  # Bursts of two packets are as common as single ones on radio links.
MAX_OFFSET: Final = 0x3FFF  # 14 bits of timestamp: 341 ms at 48 kHz.
MAX_BLOCK_BYTES: Final = 0x3FF  # 10 bits of length.

_BLOCK_HEADER: Final = Struct(">I")
_MORE: Final = 1 << 31
_MASK: Final = 0xFFFF_FFFF


class EarlierPacket(NamedTuple):
    """A packet that was sent before."""

    rtp_timestamp: int
    payload: bytes


def build_red(
    payload_type: int, rtp_timestamp: int, payload: bytes, earlier: Sequence[EarlierPacket]
) -> bytes:
    """Return a payload that holds earlier ones as well.

    Args:
        payload_type: Of what is in it, as the receiver numbers it.
        earlier: Oldest first; those too far back or too long for the format are left out.
    """
    headers = blocks = b""
    for packet in earlier:
        offset = (rtp_timestamp - packet.rtp_timestamp) & _MASK
        if 0 < offset <= MAX_OFFSET and 0 < len(packet.payload) <= MAX_BLOCK_BYTES:
            word = _MORE | payload_type << 24 | offset << 10 | len(packet.payload)
            headers += _BLOCK_HEADER.pack(word)
            blocks += packet.payload
    return headers + bytes((payload_type,)) + blocks + payload
