"""Transport-wide feedback: which packets arrived, and when (RTPFB format 15).

Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. Missing packets are not written out
in the value, so that its size is bounded by the size of the packet: a chunk of two bytes may name
8191 missing packets, and a hostile one would.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final

from .feedback import TRANSPORT_FEEDBACK_TYPE
from .rtcp_framing import frame, padded

TRANSPORT_CC_FORMAT: Final = 15
TICKS_PER_S: Final = 4000  # Deltas are multiples of 250 µs.
REFERENCE_TICKS: Final = 256  # The reference time is a multiple of 64 ms.
MAX_DELTA_TICKS: Final = 0x7FFF
MIN_DELTA_TICKS: Final = -0x8000
MAX_STATUSES: Final = 0xFFFF

_HEADER: Final = Struct(">IIHHI")
_CHUNK: Final = Struct(">H")
_LARGE_DELTA: Final = Struct(">h")
_MISSING, _SMALL, _LARGE, _RESERVED = range(4)  # Status symbols.
_MAX_RUN: Final = 0x1FFF
_ONE_BIT_SYMBOLS: Final = 14  # In a vector chunk.
_TWO_BIT_SYMBOLS: Final = 7

_Run = tuple[int, int]  # (symbol, how many).


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """See the module.

    Attributes:
        base_sequence: Transport-wide sequence number of the first packet spoken of.
        packet_count: How many packets are spoken of, received or missing, in [1, 65535].
        reference_time: In multiples of 64 ms, 24 bits; wraps.
        feedback_count: 8 bits, counts these packets so that lost ones show.
        arrivals: (packets after `base_sequence`, ticks of 250 µs after the reference time) of
            those received, ascending by the first.
    """

    sender_ssrc: int
    media_ssrc: int
    base_sequence: int
    packet_count: int
    reference_time: int
    feedback_count: int
    arrivals: tuple[tuple[int, int], ...]

    def build(self) -> bytes:
        """Return the packet.

        Raises:
            ValueError: `packet_count` is out of its range, an arrival is out of order or beyond
                it, or two follow each other by more than 8.19 s.
        """
        runs, deltas = _encode_arrivals(self.arrivals, self.packet_count)
        header = _HEADER.pack(
            self.sender_ssrc,
            self.media_ssrc,
            self.base_sequence & 0xFFFF,
            self.packet_count,
            (self.reference_time & 0xFF_FFFF) << 8 | self.feedback_count & 0xFF,
        )
        chunks = b"".join(_CHUNK.pack(chunk) for chunk in _encode_chunks(runs))
        # Padding with zeros and without the P bit, as libwebrtc sends it: the statuses say where
        # the deltas end.
        body = padded(header + chunks + deltas)
        return frame(TRANSPORT_FEEDBACK_TYPE, TRANSPORT_CC_FORMAT, body)

    @staticmethod
    def parse(count: int, body: bytes) -> "TransportFeedback | None":
        """Read a body; None if it speaks of nothing, has a reserved status, or is cut off."""
        if len(body) < _HEADER.size:
            return None
        sender_ssrc, media_ssrc, base_sequence, packet_count, last = _HEADER.unpack_from(body)
        received = _read_chunks(body, packet_count) if packet_count else None
        if received is None:
            return None
        arrivals = _read_deltas(body, *received)
        if arrivals is None:
            return None
        return TransportFeedback(
            sender_ssrc=sender_ssrc,
            media_ssrc=media_ssrc,
            base_sequence=base_sequence,
            packet_count=packet_count,
            reference_time=last >> 8,
            feedback_count=last & 0xFF,
            arrivals=arrivals,
        )


def _read_chunks(body: bytes, packet_count: int) -> tuple[list[_Run], int] | None:
    """Return (offset, symbol) of each received packet, and where the deltas begin."""
    received: list[_Run] = []
    offset, at = 0, _HEADER.size
    while offset < packet_count:
        if at + _CHUNK.size > len(body):
            return None
        chunk = body[at] << 8 | body[at + 1]
        at += _CHUNK.size
        if chunk & 0x8000:
            symbols = _vector_symbols(chunk)
            received += [(offset + i, s) for i, s in enumerate(symbols) if s]
            offset += len(symbols)
            continue
        symbol, length = chunk >> 13, min(chunk & _MAX_RUN, packet_count - offset)
        if symbol:
            if len(received) + length > len(body):
                return None  # Each needs a delta of at least one byte.
            received += [(offset + i, symbol) for i in range(length)]
        offset += length
        if not length:
            return None
    while received and received[-1][0] >= packet_count:
        received.pop()  # A vector may be longer than what it speaks of.
    return received, at


def _vector_symbols(chunk: int) -> list[int]:
    if chunk & 0x4000:
        return [chunk >> shift & 3 for shift in range(12, -1, -2)]
    return [chunk >> shift & 1 for shift in range(13, -1, -1)]


def _read_deltas(body: bytes, received: list[_Run], at: int) -> tuple[tuple[int, int], ...] | None:
    arrivals: list[tuple[int, int]] = []
    ticks = 0
    for offset, symbol in received:
        after = at + symbol  # A small delta has one byte, a large one two.
        if symbol == _RESERVED or after > len(body):
            return None
        ticks += body[at] if symbol == _SMALL else _LARGE_DELTA.unpack_from(body, at)[0]
        arrivals.append((offset, ticks))
        at = after
    return tuple(arrivals)


def _encode_arrivals(
    arrivals: Sequence[tuple[int, int]], packet_count: int
) -> tuple[list[_Run], bytes]:
    """Return the statuses as runs, and the deltas."""
    if not 0 < packet_count <= MAX_STATUSES:
        raise ValueError(f"feedback speaks of 1 to {MAX_STATUSES} packets, got {packet_count}")
    runs: list[_Run] = []
    deltas = bytearray()
    next_offset = before = 0
    for offset, ticks in arrivals:
        if not next_offset <= offset < packet_count:
            raise ValueError(f"arrival {offset} is out of order or beyond {packet_count}")
        if offset > next_offset:
            runs.append((_MISSING, offset - next_offset))
        delta, before = ticks - before, ticks
        symbol = _SMALL if 0 <= delta <= 0xFF else _LARGE
        if not MIN_DELTA_TICKS <= delta <= MAX_DELTA_TICKS:
            raise ValueError(f"{delta} ticks between two arrivals do not fit into 16 bits")
        deltas += bytes((delta,)) if symbol == _SMALL else _LARGE_DELTA.pack(delta)
        if runs and runs[-1][0] == symbol:
            runs[-1] = (symbol, runs[-1][1] + 1)
        else:
            runs.append((symbol, 1))
        next_offset = offset + 1
    if packet_count > next_offset:
        runs.append((_MISSING, packet_count - next_offset))
    return runs, bytes(deltas)


def _encode_chunks(runs: Sequence[_Run]) -> Iterator[int]:
    """Yield chunks: runs where they are longer than a vector, else vectors."""
    position, used = 0, 0  # Of the run, and of its symbols.
    while position < len(runs):
        symbol, length = runs[position]
        left = length - used
        is_last = position + 1 == len(runs)
        if left >= _ONE_BIT_SYMBOLS or is_last:
            taken = min(left, _MAX_RUN)
            yield symbol << 13 | taken
        else:
            symbols = _next_symbols(runs, position, used)
            chunk, taken = _vector_chunk(symbols)
            yield chunk
        position, used = _advance(runs, position, used + taken)


def _next_symbols(runs: Sequence[_Run], position: int, used: int) -> list[int]:
    """Return the next symbols, at most as many as the longer vector holds."""
    symbols: list[int] = []
    while position < len(runs) and len(symbols) < _ONE_BIT_SYMBOLS:
        symbol, length = runs[position]
        symbols += [symbol] * min(length - used, _ONE_BIT_SYMBOLS - len(symbols))
        position, used = position + 1, 0
    return symbols


def _vector_chunk(symbols: list[int]) -> tuple[int, int]:
    """Return a vector chunk for the first symbols, and how many it holds."""
    if _LARGE not in symbols:
        bits = 0
        for symbol in symbols:
            bits = bits << 1 | symbol
        return 0x8000 | bits << (_ONE_BIT_SYMBOLS - len(symbols)), len(symbols)
    symbols = symbols[:_TWO_BIT_SYMBOLS]
    bits = 0
    for symbol in symbols:
        bits = bits << 2 | symbol
    return 0xC000 | bits << 2 * (_TWO_BIT_SYMBOLS - len(symbols)), len(symbols)


def _advance(runs: Sequence[_Run], position: int, used: int) -> tuple[int, int]:
    while position < len(runs) and used >= runs[position][1]:
        used -= runs[position][1]
        position += 1
    return position, used
