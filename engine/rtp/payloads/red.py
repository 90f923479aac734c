"""Redundant audio (RFC 2198): a packet that holds the one before, and the one before that, again.

What gets lost alone or in pairs is then still there when the next packet comes, without a round
trip. So do viewers get voices on lossy links, and so do browsers send theirs.
"""

from collections.abc import Sequence
from struct import Struct
from typing import Final, NamedTuple

GENERATIONS: Final = 2  # Bursts of two packets are as common as single ones on radio links.
MAX_OFFSET: Final = 0x3FFF  # 14 bits of timestamp: 341 ms at 48 kHz.
MAX_BLOCK_BYTES: Final = 0x3FF  # 10 bits of length.

_MAX_BLOCKS: Final = 8  # What we read of a stranger's; Chromium sends one earlier packet, or two.
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


def read_red(
    payload_type: int, rtp_timestamp: int, payload: bytes
) -> tuple[list[EarlierPacket], bytes] | None:
    """Return the earlier packets, oldest first, and the present one's payload.

    Args:
        payload_type: What must be in it; a mixture of codecs is not read.
        rtp_timestamp: Of the packet itself.

    Returns:
        None for what is not of this form: too many blocks, of another payload type, not oldest
        first, longer than the packet, or with nothing behind them.
    """
    sizes: list[tuple[int, int]] = []  # Offset and length.
    at = 0
    while len(payload) - at >= _BLOCK_HEADER.size and payload[at] & 0x80:
        (word,) = _BLOCK_HEADER.unpack_from(payload, at)
        offset = word >> 10 & MAX_OFFSET
        is_older = not sizes or offset < sizes[-1][0]
        if len(sizes) == _MAX_BLOCKS or word >> 24 & 0x7F != payload_type or not is_older:
            return None
        sizes.append((offset, word & MAX_BLOCK_BYTES))
        at += _BLOCK_HEADER.size
    if at >= len(payload) or payload[at] != payload_type or (sizes and sizes[-1][0] == 0):
        return None
    at += 1
    earlier: list[EarlierPacket] = []
    for offset, length in sizes:
        earlier.append(EarlierPacket(rtp_timestamp - offset & _MASK, payload[at : at + length]))
        at += length
    return (earlier, payload[at:]) if at < len(payload) else None
