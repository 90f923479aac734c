"""The header extension blocks that viewers get: send time, voice level, transport-wide number.

Everything else that a sender adds is between it and us (mid and rid, its own transport-wide
numbers) or would mislead a receiver of another stream (the dependency descriptor, facts/webrtc.md
12).
"""

from collections.abc import Callable
from struct import Struct
from typing import Final, NamedTuple

from ..rtp.extensions import build_abs_send_time, build_block, build_transport_cc
from ..rtp.srtp import TAG_BYTES
from .api import ExtensionIds

# The first 16 bits of an RTP header: version 2, without and with the X bit.
PLAIN: Final = 0x8000
EXTENDED: Final = 0x9000
HEADER_BYTES: Final = 12
_ID_BITS: Final = 8  # An int hashes in half the time of a tuple, and a key is looked up often.
_ID_MASK: Final = (1 << _ID_BITS) - 1

# (first 16 bits, sequence number, timestamp, SSRC, block but its tail, tail) → RTP header.
Packer = Callable[[int, int, int, int, bytes, int], bytes]


class ExtensionBlock(NamedTuple):
    """A block, ready to be written into headers.

    The transport-wide number is its last element and the padding stands before it. So the number is
    the tail of the header, the only thing in the block that differs between packets of a train, and
    all of them are equal in size.

    Attributes:
        pack: Writes a header with it.
        word: Version and X bit.
        prefix: The block without its last two octets.
        tail: These.
        step: 1: the tail is the transport-wide number, and grows by it; 0: it has none.
        overhead: Octets of header, block and tag: what a sealed packet has besides its payload.
    """

    pack: Packer
    word: int
    prefix: bytes
    tail: int
    step: int
    overhead: int


def extension_key(ids: ExtensionIds, *, is_audio: bool) -> int:
    """Return one number for the ids that a slot's packets need; 0: none was negotiated."""
    level = ids.audio_level if is_audio else None
    key = 0
    for identifier in (ids.abs_send_time, level, ids.transport_cc):
        key = key << _ID_BITS | (identifier or 0)
    return key


class ExtensionBlocks(dict[int, ExtensionBlock]):
    """The blocks of one moment, by key: one for each set of ids, however many viewers share it."""

    __slots__ = ("_level", "_time")

    def __init__(self, now_s: float, level: bytes | None = None) -> None:
        super().__init__()
        self._time = build_abs_send_time(now_s)
        self._level = level

    def __missing__(self, key: int) -> ExtensionBlock:
        abs_send_time_id = key >> 2 * _ID_BITS
        level_id = key >> _ID_BITS & _ID_MASK
        transport_cc_id = key & _ID_MASK
        elements: list[tuple[int, bytes]] = []
        if abs_send_time_id:
            elements.append((abs_send_time_id, self._time))
        if level_id and self._level is not None:
            elements.append((level_id, self._level))
        if transport_cc_id:
            elements.append((transport_cc_id, build_transport_cc(0)))
        data = build_block(elements, last_at_end=True)
        block = self[key] = _ready(data, step=1 if transport_cc_id else 0)
        return block


def _ready(data: bytes, *, step: int) -> ExtensionBlock:
    prefix = data[:-2]
    return ExtensionBlock(
        pack=_PACKERS[len(prefix)] if data else _pack_plain,
        word=EXTENDED if data else PLAIN,
        prefix=prefix,
        tail=int.from_bytes(data[-2:], "big"),
        step=step,
        overhead=HEADER_BYTES + len(data) + TAG_BYTES,
    )


_PACKERS: Final[dict[int, Packer]] = {
    size: Struct(f">HHII{size}sH").pack
    for size in range(2, 54, 4)  # Words less the tail; three elements of two-byte form are 20.
}
_plain: Final = Struct(">HHII").pack


def _pack_plain(
    word: int, number: int, rtp_timestamp: int, ssrc: int, prefix: bytes, tail: int
) -> bytes:
    return _plain(word, number, rtp_timestamp, ssrc)
