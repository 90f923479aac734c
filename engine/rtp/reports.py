"""RTCP reports and source descriptions (RFC 3550 §6.4 to §6.6): SR, RR, SDES, BYE.

Every `parse` takes the count of the common header and the body after it, and returns None for a
body that breaks its format.
"""

from dataclasses import dataclass
from struct import Struct
from typing import Final

from .rtcp_framing import frame, padded

SENDER_REPORT_TYPE: Final = 200
RECEIVER_REPORT_TYPE: Final = 201
SOURCE_DESCRIPTION_TYPE: Final = 202
GOODBYE_TYPE: Final = 203
MAX_BLOCKS: Final = 31  # The count has 5 bits.
CNAME_ITEM: Final = 1
NTP_UNIX_OFFSET_S: Final = 2_208_988_800  # 1900-01-01 to 1970-01-01.

_BLOCK: Final = Struct(">IIIIII")
_SENDER_INFO: Final = Struct(">IQIII")
_SSRC: Final = Struct(">I")
_MAX_REASON_BYTES: Final = 255


def ntp_time(unix_s: float) -> int:
    """Return a Unix time as 64-bit NTP time, 32.32 fixed point (RFC 3550 §4)."""
    return int((unix_s + NTP_UNIX_OFFSET_S) * (1 << 32)) & 0xFFFF_FFFF_FFFF_FFFF


def unix_s(ntp: int) -> float:
    """Return a 64-bit NTP time as Unix time in seconds."""
    return ntp / (1 << 32) - NTP_UNIX_OFFSET_S


def ntp_middle(ntp: int) -> int:
    """Return the middle 32 bits of an NTP time, as LSR has them; 65536 units are a second."""
    return ntp >> 16 & 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says of one SSRC (RFC 3550 §6.4.1), in the units of the wire.

    Attributes:
        fraction_lost: In [0, 255], of 256, since the previous report.
        packets_lost: Cumulative, signed 24 bits: duplicates can make it negative.
        highest_sequence: Extended highest sequence number received, 32 bits.
        jitter: In units of the timestamp.
        last_sr: `ntp_middle` of the last sender report, 0 for none.
        delay_since_last_sr: In units of 1/65536 s.
    """

    ssrc: int
    fraction_lost: int
    packets_lost: int
    highest_sequence: int
    jitter: int
    last_sr: int
    delay_since_last_sr: int

    def round_trip_s(self, arrival_ntp: int) -> float | None:
        """Return the round trip, None before the first sender report or for an impossible one."""
        if not self.last_sr:
            return None
        units = (ntp_middle(arrival_ntp) - self.last_sr - self.delay_since_last_sr) & 0xFFFF_FFFF
        return None if units >= 1 << 31 else units / 65_536


@dataclass(frozen=True, slots=True)
class SenderReport:
    """SR: which NTP time an RTP timestamp stands for, and how much was sent (RFC 3550 §6.4.1)."""

    ssrc: int
    ntp_time: int  # 64 bits, 32.32 fixed point.
    rtp_timestamp: int
    packets_sent: int
    octets_sent: int
    reports: tuple[ReportBlock, ...] = ()

    def build(self) -> bytes:
        """Return the packet; the counters are cut to 32 bits."""
        info = _SENDER_INFO.pack(
            self.ssrc,
            self.ntp_time,
            self.rtp_timestamp & 0xFFFF_FFFF,
            self.packets_sent & 0xFFFF_FFFF,
            self.octets_sent & 0xFFFF_FFFF,
        )
        body = info + _build_blocks(self.reports)
        return frame(SENDER_REPORT_TYPE, len(self.reports), body)

    @staticmethod
    def parse(count: int, body: bytes) -> "SenderReport | None":
        """Read a body; profile-specific extensions behind the blocks are skipped."""
        blocks = _parse_blocks(count, body, _SENDER_INFO.size)
        if blocks is None:
            return None
        ssrc, ntp, rtp_timestamp, packets, octets = _SENDER_INFO.unpack_from(body)
        return SenderReport(ssrc, ntp, rtp_timestamp, packets, octets, blocks)


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """RR: what a receiver got (RFC 3550 §6.4.2)."""

    ssrc: int
    reports: tuple[ReportBlock, ...] = ()

    def build(self) -> bytes:
        """Return the packet."""
        body = _SSRC.pack(self.ssrc) + _build_blocks(self.reports)
        return frame(RECEIVER_REPORT_TYPE, len(self.reports), body)

    @staticmethod
    def parse(count: int, body: bytes) -> "ReceiverReport | None":
        """Read a body; profile-specific extensions behind the blocks are skipped."""
        blocks = _parse_blocks(count, body, _SSRC.size)
        if blocks is None:
            return None
        return ReceiverReport(_SSRC.unpack_from(body)[0], blocks)


def _build_blocks(reports: tuple[ReportBlock, ...]) -> bytes:
    if len(reports) > MAX_BLOCKS:
        raise ValueError(f"a report holds at most {MAX_BLOCKS} blocks, got {len(reports)}")
    return b"".join(
        _BLOCK.pack(
            block.ssrc,
            block.fraction_lost << 24 | _clamp_lost(block.packets_lost),
            block.highest_sequence,
            block.jitter,
            block.last_sr,
            block.delay_since_last_sr,
        )
        for block in reports
    )


def _clamp_lost(packets_lost: int) -> int:
    return max(-0x80_0000, min(packets_lost, 0x7F_FFFF)) & 0xFF_FFFF


def _parse_blocks(count: int, body: bytes, start: int) -> tuple[ReportBlock, ...] | None:
    end = start + count * _BLOCK.size
    if len(body) < end:
        return None
    return tuple(_parse_block(body, at) for at in range(start, end, _BLOCK.size))


def _parse_block(body: bytes, at: int) -> ReportBlock:
    ssrc, loss, highest_sequence, jitter, last_sr, delay = _BLOCK.unpack_from(body, at)
    lost = loss & 0xFF_FFFF
    return ReportBlock(
        ssrc=ssrc,
        fraction_lost=loss >> 24,
        packets_lost=lost - 0x100_0000 if lost & 0x80_0000 else lost,
        highest_sequence=highest_sequence,
        jitter=jitter,
        last_sr=last_sr,
        delay_since_last_sr=delay,
    )


@dataclass(frozen=True, slots=True)
class SourceChunk:
    """What an SDES packet says of one SSRC: items of (type in [1, 255], at most 255 bytes)."""

    ssrc: int
    items: tuple[tuple[int, bytes], ...]

    @property
    def cname(self) -> str | None:
        """The canonical name, None if it is absent or no UTF-8."""
        for item, value in self.items:
            if item == CNAME_ITEM:
                try:
                    return value.decode()
                except UnicodeDecodeError:
                    return None
        return None


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """SDES (RFC 3550 §6.5); every compound of ours carries one with a CNAME."""

    chunks: tuple[SourceChunk, ...]

    @staticmethod
    def of_cname(ssrc: int, cname: str) -> "SourceDescription":
        """Return the description of one SSRC by its CNAME."""
        return SourceDescription((SourceChunk(ssrc, ((CNAME_ITEM, cname.encode()),)),))

    def build(self) -> bytes:
        """Return the packet."""
        if len(self.chunks) > MAX_BLOCKS:
            raise ValueError(f"SDES holds at most {MAX_BLOCKS} chunks, got {len(self.chunks)}")
        body = b"".join(_build_chunk(chunk) for chunk in self.chunks)
        return frame(SOURCE_DESCRIPTION_TYPE, len(self.chunks), body)

    @staticmethod
    def parse(count: int, body: bytes) -> "SourceDescription | None":
        """Read a body."""
        chunks: list[SourceChunk] = []
        at = 0
        for _ in range(count):
            parsed = _parse_chunk(body, at)
            if parsed is None:
                return None
            chunk, at = parsed
            chunks.append(chunk)
        return SourceDescription(tuple(chunks))


def _build_chunk(chunk: SourceChunk) -> bytes:
    items = b"".join(bytes((item, len(value))) + value for item, value in chunk.items)
    # RFC 3550 §6.5: at least one null octet ends the items, then to the word.
    return padded(_SSRC.pack(chunk.ssrc) + items + b"\0")


def _parse_chunk(body: bytes, at: int) -> tuple[SourceChunk, int] | None:
    size = len(body)
    if at + _SSRC.size >= size:
        return None
    ssrc = _SSRC.unpack_from(body, at)[0]
    at += _SSRC.size
    items: list[tuple[int, bytes]] = []
    while at < size and body[at]:
        if at + 1 == size:
            return None
        after = at + 2 + body[at + 1]
        if after > size:
            return None
        items.append((body[at], body[at + 2 : after]))
        at = after
    if at >= size:
        return None  # The null octet that ends the list is missing.
    return SourceChunk(ssrc, tuple(items)), (at + 4) & ~3


@dataclass(frozen=True, slots=True)
class Goodbye:
    """BYE: these SSRCs send no more (RFC 3550 §6.6)."""

    ssrcs: tuple[int, ...]
    reason: bytes = b""

    def build(self) -> bytes:
        """Return the packet."""
        if len(self.ssrcs) > MAX_BLOCKS or len(self.reason) > _MAX_REASON_BYTES:
            raise ValueError("BYE holds at most 31 SSRCs and a reason of 255 bytes")
        body = b"".join(_SSRC.pack(ssrc) for ssrc in self.ssrcs)
        if self.reason:
            body += padded(bytes((len(self.reason),)) + self.reason)
        return frame(GOODBYE_TYPE, len(self.ssrcs), body)

    @staticmethod
    def parse(count: int, body: bytes) -> "Goodbye | None":
        """Read a body."""
        end = 4 * count
        if len(body) < end:
            return None
        reason = b""
        if len(body) > end:
            reason = body[end + 1 : end + 1 + body[end]]
            if len(reason) < body[end]:
                return None
        return Goodbye(tuple(_SSRC.unpack_from(body, at)[0] for at in range(0, end, 4)), reason)
