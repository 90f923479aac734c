"""RTP packets as they come from the wire, decrypted (RFC 3550 §5.1, RFC 8285).

`parse` is on the path of every packet: it takes 0.5 µs, and whoever sends rubbish gets None, not an
exception. Header extensions are read at the first question for one.
"""

from struct import Struct
from typing import Final

from .extensions import read_elements

FIXED_HEADER_BYTES: Final = 12
_RTCP_FIRST: Final = 192  # RFC 5761 §4: these second octets are RTCP when both share a port.
_RTCP_LAST: Final = 223
_VERSION_MASK: Final = 0xC0
_VERSION: Final = 0x80
_PADDING_BIT: Final = 0x20
_EXTENSION_BIT: Final = 0x10

_unpack_header = Struct(">BBHII").unpack_from


def is_rtcp(data: bytes) -> bool:
    """Tell RTCP from RTP by the second octet, also while both are encrypted (RFC 5761 §4)."""
    return len(data) > 1 and _RTCP_FIRST <= data[1] <= _RTCP_LAST


class RtpPacket:
    """One RTP packet. Made by `parse` and `holding` only; not to be changed.

    Attributes:
        data: The whole packet.
        payload_type: In [0, 127].
        marker: Last packet of a frame (video), first of a talk spurt (audio).
        sequence_number: 16 bits, as on the wire.
        timestamp: 32 bits, in units of the codec's clock rate.
        ssrc: 32 bits.
        header_bytes: Fixed header, CSRCs and extension block.
        padding_bytes: At the end, its count included; 0 without the P bit.
        payload: Between header and padding; empty for a padding-only packet.
    """

    __slots__ = (
        "_elements",
        "data",
        "header_bytes",
        "marker",
        "padding_bytes",
        "payload",
        "payload_type",
        "sequence_number",
        "ssrc",
        "timestamp",
    )

    data: bytes
    payload_type: int
    marker: bool
    sequence_number: int
    timestamp: int
    ssrc: int
    header_bytes: int
    padding_bytes: int
    payload: bytes
    _elements: dict[int, bytes] | None

    @staticmethod
    def parse(data: bytes) -> "RtpPacket | None":
        """Read one packet; None if it is none.

        Spec:
            RFC 3550 §5.1: version 2; the header must fit; a padding count of 0 or beyond the
            payload is an error (appendix A.1).
        """
        size = len(data)
        if size < FIXED_HEADER_BYTES:
            return None
        first, second, sequence_number, timestamp, ssrc = _unpack_header(data)
        if first & _VERSION_MASK != _VERSION:
            return None
        header_bytes = FIXED_HEADER_BYTES + ((first & 0x0F) << 2)
        if first & _EXTENSION_BIT:
            if size < header_bytes + 4:
                return None
            header_bytes += 4 + (data[header_bytes + 2] << 10) + (data[header_bytes + 3] << 2)
        padding_bytes = 0
        if first & _PADDING_BIT:
            padding_bytes = data[-1]
            if padding_bytes == 0:
                return None
        end = size - padding_bytes
        if end < header_bytes:
            return None
        # Not through __init__: passing ten arguments costs another 0.1 µs.
        packet = _new_packet(RtpPacket)
        packet.data = data
        packet.payload_type = second & 0x7F
        packet.marker = second > 0x7F
        packet.sequence_number = sequence_number
        packet.timestamp = timestamp
        packet.ssrc = ssrc
        packet.header_bytes = header_bytes
        packet.padding_bytes = padding_bytes
        packet.payload = data[header_bytes:end]
        packet._elements = None
        return packet

    def holding(
        self, sequence_number: int, timestamp: int, payload: bytes, *, marker: bool | None = None
    ) -> "RtpPacket":
        """Return a packet that came within this one, with this one's header otherwise."""
        packet = _new_packet(RtpPacket)
        packet.data = self.data
        packet.payload_type = self.payload_type
        packet.marker = self.marker if marker is None else marker
        packet.sequence_number = sequence_number
        packet.timestamp = timestamp
        packet.ssrc = self.ssrc
        packet.header_bytes = self.header_bytes
        packet.padding_bytes = self.padding_bytes
        packet.payload = payload
        packet._elements = self._elements
        return packet

    def extension(self, identifier: int) -> bytes | None:
        """Return the data of the header extension with this id, None if the packet has none.

        A broken block yields what stands before the break (RFC 8285 §4.2: ignore the rest).
        """
        elements = self._elements
        if elements is None:
            elements = self._elements = self._read_elements()
        return elements.get(identifier)

    @property
    def extensions(self) -> dict[int, bytes]:
        """All header extensions by id; the first where an id comes twice."""
        if self._elements is None:
            self._elements = self._read_elements()
        return self._elements

    @property
    def csrcs(self) -> tuple[int, ...]:
        """Contributing sources, of mixers."""
        count = self.data[0] & 0x0F
        end = FIXED_HEADER_BYTES + 4 * count
        return tuple(
            int.from_bytes(self.data[at : at + 4], "big")
            for at in range(FIXED_HEADER_BYTES, end, 4)
        )

    def _read_elements(self) -> dict[int, bytes]:
        data = self.data
        if not data[0] & _EXTENSION_BIT:
            return {}
        at = FIXED_HEADER_BYTES + ((data[0] & 0x0F) << 2)
        return read_elements(data[at] << 8 | data[at + 1], data, at + 4, self.header_bytes)


_new_packet = RtpPacket.__new__


def build_packet(
    *,
    payload_type: int,
    sequence_number: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    marker: bool = False,
    extension: bytes = b"",
    padding_bytes: int = 0,
    csrcs: tuple[int, ...] = (),
) -> bytes:
    """Return one packet as it stands on the wire before encryption.

    Args:
        payload_type: In [0, 127].
        sequence_number: Cut to 16 bits.
        timestamp: Cut to 32 bits.
        ssrc: In [0, 2**32).
        payload: Without padding.
        marker: The M bit.
        extension: A whole block with its header, from `extensions.build_block`; empty: none.
        padding_bytes: In [0, 255], the count included; 0 sets no P bit.
        csrcs: At most 15.
    """
    first = _VERSION | len(csrcs)
    if extension:
        first |= _EXTENSION_BIT
    tail = b""
    if padding_bytes:
        first |= _PADDING_BIT
        tail = bytes(padding_bytes - 1) + bytes((padding_bytes,))
    header = _pack_header(
        first,
        payload_type | (0x80 if marker else 0),
        sequence_number & 0xFFFF,
        timestamp & 0xFFFF_FFFF,
        ssrc,
    )
    sources = b"".join(csrc.to_bytes(4, "big") for csrc in csrcs)
    return b"".join((header, sources, extension, payload, tail))


_pack_header = Struct(">BBHII").pack
