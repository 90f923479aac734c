"""The common header of RTCP packets (RFC 3550 §6.4.1)."""

from struct import Struct
from typing import Final

HEADER_BYTES: Final = 4
_VERSION: Final = 0x80

_HEADER: Final = Struct(">BBH")


def frame(packet_type: int, count: int, body: bytes) -> bytes:
    """Return a whole RTCP packet.

    Args:
        packet_type: In [192, 223].
        count: Or feedback format, in [0, 31].
        body: Whole 32-bit words.

    Raises:
        ValueError: The body is no whole number of words, or too long.
    """
    if len(body) % 4 or len(body) > 0x3_FFFC:
        raise ValueError(f"an RTCP body is whole words up to 262140 bytes, got {len(body)}")
    return _HEADER.pack(_VERSION | count, packet_type, len(body) // 4) + body


def padded(body: bytes) -> bytes:
    """Return the body filled up with nulls to a whole number of words."""
    return body + bytes(-len(body) % 4)
