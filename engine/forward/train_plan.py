"""How packets of a frame are cut into trains: equal in size by RTP padding, for GSO.

A UDP GSO send cuts one buffer into segments of one size, of which only the last may be shorter. RTP
padding (RFC 3550 §5.1: P bit, last octet is the count) makes sizes equal; it is at most 255 octets,
so a small packet before large ones (parameter sets of H.264) goes alone. Browsers split a frame
into payloads that differ by one byte, so the padding costs about one byte a packet
(facts/slots.md §5).
"""

from typing import Final

MAX_TRAIN_PACKETS: Final = 16  # Longer bursts hurt Wi-Fi receivers (facts/performance.md §0.9).
MAX_PADDING_BYTES: Final = 255  # One octet counts it.
MAX_PADDED_BYTES: Final = 1350  # With header (12), extension (≤12) and tag (16) below 1400.

P_BIT: Final = 0x2000  # In the first 16 bits of an RTP header.
M_BIT: Final = 0x0080


class Train:
    """Packets of one run that go out in one send.

    Attributes:
        first: Index of its first packet in the run.
        packets: (P and M bits as they stand in the first 16 bits of the header, padded payload).
        padded_bytes: Size of every payload but the last, which may be shorter.
    """

    __slots__ = ("first", "packets", "padded_bytes", "padding_bytes", "payload_bytes")

    def __init__(self, first: int, payloads: list[tuple[bytes, bool]]) -> None:
        self.first = first
        self.padded_bytes = max(len(payload) for payload, _ in payloads)
        last = len(payloads) - 1
        self.packets: list[tuple[int, bytearray]] = []
        for index, (payload, marker) in enumerate(payloads):
            padding = self.padded_bytes - len(payload) if index != last else 0
            self.packets.append(_pad(payload, padding, marker=marker))
        self.payload_bytes = sum(len(plain) for _, plain in self.packets)
        self.padding_bytes = self.payload_bytes - sum(len(payload) for payload, _ in payloads)

    @property
    def ends_with_marker(self) -> bool:
        """The last packet has the marker."""
        return bool(self.packets[-1][0] & M_BIT)

    @ends_with_marker.setter
    def ends_with_marker(self, marker: bool) -> None:
        flags, plain = self.packets[-1]
        self.packets[-1] = (flags | M_BIT if marker else flags & ~M_BIT, plain)

    def packet(self, index: int) -> tuple[bool, bytes]:
        """Return marker and payload without its padding."""
        flags, plain = self.packets[index]
        end = len(plain) - plain[-1] if flags & P_BIT else len(plain)
        return bool(flags & M_BIT), bytes(plain[:end])


def _pad(payload: bytes, padding: int, *, marker: bool) -> tuple[int, bytearray]:
    plain = bytearray(payload)
    flags = M_BIT if marker else 0
    if padding:
        plain += bytes(padding - 1) + bytes((padding,))
        flags |= P_BIT
    return flags, plain


def plan_trains(payloads: list[tuple[bytes, bool]]) -> list[Train]:
    """Cut payloads (with their marker bits) into trains, in order."""
    trains: list[Train] = []
    start = 0
    smallest = largest = len(payloads[0][0])
    for index in range(1, len(payloads)):
        size = len(payloads[index][0])
        # The last one so far stops being the last: now its size must fit as well.
        before = len(payloads[index - 1][0])
        smallest, largest = min(smallest, before), max(largest, before)
        if not _fits(size, smallest, largest, index - start):
            trains.append(Train(start, payloads[start:index]))
            start, smallest, largest = index, size, size
    trains.append(Train(start, payloads[start:]))
    return trains


def _fits(size: int, smallest: int, largest: int, count: int) -> bool:
    """Say whether a packet of `size` may follow `count` packets of these sizes in a train."""
    largest = max(largest, size)
    if count >= MAX_TRAIN_PACKETS or largest - smallest > MAX_PADDING_BYTES:
        return False
    return largest == smallest or largest <= MAX_PADDED_BYTES
