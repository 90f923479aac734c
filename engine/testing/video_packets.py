"""Generated media: RTP packets of VP8, H.264 and Opus with true headers and no pictures.

Fakes for tests and benches of anything that forwards. Payload descriptors follow RFC 7741 (VP8),
RFC 6184 (H.264) and RFC 6716 (Opus TOC); what follows them is filler that names frame and packet,
so that a receiver can tell which one it got. Nothing here uses `engine.rtp`: a mistake there cannot
hide behind the same mistake here.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

VP8_CLOCK_HZ: Final = 90_000
OPUS_CLOCK_HZ: Final = 48_000
OPUS_FRAME_TICKS: Final = 960  # 20 ms.
_OPUS_TOC_20MS: Final = 0x78  # Configuration 15 (hybrid, full band, 20 ms), one frame, mono.
_H264_SPS: Final = b"\x67\x42\xe0\x1f\xda\x02\x80\xbf"
_H264_PPS: Final = b"\x68\xce\x3c\x80"
_ONE_BYTE_MAX_ID: Final = 14


def build_rtp(
    payload: bytes,
    *,
    payload_type: int,
    sequence_number: int,
    rtp_timestamp: int,
    ssrc: int,
    marker: bool = False,
    extensions: Mapping[int, bytes] | None = None,
    padding_bytes: int = 0,
) -> bytes:
    """Return one RTP packet (RFC 3550 §5.1) with one- or two-byte extensions (RFC 8285)."""
    block = _extension_block(extensions or {})
    first = 0x80 | (0x20 if padding_bytes else 0) | (0x10 if block else 0)
    second = (0x80 if marker else 0) | payload_type
    header = struct.pack(
        ">BBHII", first, second, sequence_number & 0xFFFF, rtp_timestamp & 0xFFFF_FFFF, ssrc
    )
    padding = bytes(padding_bytes - 1) + bytes((padding_bytes,)) if padding_bytes else b""
    return header + block + payload + padding


def _extension_block(extensions: Mapping[int, bytes]) -> bytes:
    if not extensions:
        return b""
    if max(extensions) <= _ONE_BYTE_MAX_ID:
        profile = 0xBEDE
        body = b"".join(bytes((i << 4 | len(d) - 1,)) + d for i, d in extensions.items())
    else:
        profile = 0x1000
        body = b"".join(bytes((i, len(d))) + d for i, d in extensions.items())
    body += bytes(-len(body) % 4)
    return struct.pack(">HH", profile, len(body) // 4) + body


@dataclass(slots=True)
class FakeStream:
    """One SSRC: numbers its packets.

    Attributes:
        extensions: Put on every packet; by id.
    """

    ssrc: int
    payload_type: int
    sequence_number: int = 1000
    rtp_timestamp: int = 5000
    extensions: dict[int, bytes] = field(default_factory=dict)

    def packet(self, payload: bytes, *, marker: bool = False, padding_bytes: int = 0) -> bytes:
        """Return the next packet."""
        data = build_rtp(
            payload,
            payload_type=self.payload_type,
            sequence_number=self.sequence_number,
            rtp_timestamp=self.rtp_timestamp,
            ssrc=self.ssrc,
            marker=marker,
            extensions=self.extensions,
            padding_bytes=padding_bytes,
        )
        self.sequence_number = self.sequence_number + 1 & 0xFFFF
        return data

    def padding_only(self, padding_bytes: int = 200) -> bytes:
        """Return a probe: no payload, padding alone (facts/webrtc.md 14)."""
        return self.packet(b"", padding_bytes=padding_bytes)


@dataclass(slots=True)
class Vp8Stream(FakeStream):
    """VP8 with a 15-bit PictureID, TL0PICIDX and a temporal index (RFC 7741 §4.2)."""

    picture_id: int = 100
    tl0: int = 10
    ticks_per_frame: int = 3000  # 30 frames/s.

    def frame(
        self,
        *,
        keyframe: bool = False,
        sizes: tuple[int, ...] = (1200,) * 3,
        temporal: int = 0,
        layer_sync: bool = False,
    ) -> list[bytes]:
        """Return the packets of the next frame; `sizes` are those of the payloads."""
        self.rtp_timestamp = self.rtp_timestamp + self.ticks_per_frame & 0xFFFF_FFFF
        self.picture_id = self.picture_id + 1 & 0x7FFF
        if temporal == 0:
            self.tl0 = self.tl0 + 1 & 0xFF
        packets = []
        for index, size in enumerate(sizes):
            payload = self._payload(index, size, keyframe, temporal, layer_sync)
            packets.append(self.packet(payload, marker=index == len(sizes) - 1))
        return packets

    def _payload(
        self, index: int, size: int, keyframe: bool, temporal: int, layer_sync: bool
    ) -> bytes:
        start = 0x10 if index == 0 else 0  # S: start of partition 0.
        descriptor = bytes(
            (
                0x80 | start,  # X.
                0xE0,  # I, L and T.
                0x80 | self.picture_id >> 8,
                self.picture_id & 0xFF,
                self.tl0,
                temporal << 6 | (0x20 if layer_sync else 0),
            )
        )
        # The P bit of the frame header (RFC 6386 §9.1) is 0 in a key frame.
        body = bytes((0x10 if keyframe else 0x11,)) if index == 0 else b""
        body += struct.pack(">HB", self.picture_id, index)
        return (descriptor + body).ljust(size, b"v")[: max(size, len(descriptor) + len(body))]


@dataclass(slots=True)
class Vp9Stream(FakeStream):
    """VP9 SVC in flexible mode: all spatial layers of a picture, lowest first (RFC 9628 §4.2)."""

    picture_id: int = 100
    ticks_per_frame: int = 3000

    def frame(
        self,
        *,
        keyframe: bool = False,
        sizes: tuple[int, ...] = (1200,) * 2,
        temporal: int = 0,
        layer_sync: bool = False,
        layers: int = 3,
    ) -> list[bytes]:
        """Return the packets of the next picture; `sizes` are those of each of its layers."""
        self.rtp_timestamp = self.rtp_timestamp + self.ticks_per_frame & 0xFFFF_FFFF
        self.picture_id = self.picture_id + 1 & 0x7FFF
        packets = []
        for spatial in range(layers):
            for index, size in enumerate(sizes):
                is_last = index == len(sizes) - 1
                first = 0xB0  # I, L and F.
                first |= 0 if keyframe else 0x40  # P.
                first |= 0x08 if index == 0 else 0  # B.
                first |= 0x04 if is_last else 0  # E.
                has_structure = keyframe and spatial == 0 and index == 0
                first |= 0x02 if has_structure else 0  # V.
                depends = 1 if keyframe and spatial else 0  # D: as L3T3_KEY.
                switch = 0x10 if layer_sync else 0  # U.
                payload = bytes((first, 0x80 | self.picture_id >> 8, self.picture_id & 0xFF))
                payload += bytes((temporal << 5 | switch | spatial << 1 | depends,))
                payload += b"" if keyframe else b"\x02"  # P_DIFF: the picture before.
                payload += bytes((layers - 1 << 5,)) if has_structure else b""
                payload += struct.pack(">HBB", self.picture_id, spatial, index)
                marker = is_last and spatial == layers - 1
                packets.append(self.packet(payload.ljust(size, b"n"), marker=marker))
        return packets


@dataclass(slots=True)
class Av1Stream(FakeStream):
    """AV1 with temporal layers: one OBU in fragments (RTP Payload Format For AV1 v1.0, §4.4)."""

    ticks_per_frame: int = 3000
    frames: int = 0

    def frame(
        self, *, keyframe: bool = False, sizes: tuple[int, ...] = (1200,) * 3, temporal: int = 0
    ) -> list[bytes]:
        """Return the packets of the next frame; only the first one names the layer."""
        self.rtp_timestamp = self.rtp_timestamp + self.ticks_per_frame & 0xFFFF_FFFF
        self.frames += 1
        packets = []
        last = len(sizes) - 1
        for index, size in enumerate(sizes):
            head = 0x10  # W: one element.
            head |= 0x80 if index else 0  # Z: goes on from the packet before.
            head |= 0x40 if index != last else 0  # Y: goes on in the next one.
            head |= 0x08 if keyframe and index == 0 else 0  # N.
            obu = bytes((0x34, temporal << 5)) if index == 0 else b""  # OBU_FRAME with extension.
            payload = bytes((head,)) + obu + struct.pack(">HB", self.frames & 0xFFFF, index)
            packets.append(self.packet(payload.ljust(size, b"a"), marker=index == last))
        return packets


@dataclass(slots=True)
class H264Stream(FakeStream):
    """H.264, packetization-mode 1: parameter sets in a STAP-A, slices in FU-A (RFC 6184 §5.7)."""

    ticks_per_frame: int = 3000
    frames: int = 0

    def frame(self, *, keyframe: bool = False, sizes: tuple[int, ...] = (1200,) * 3) -> list[bytes]:
        """Return the packets of the next frame; a key frame begins with its parameter sets."""
        self.rtp_timestamp = self.rtp_timestamp + self.ticks_per_frame & 0xFFFF_FFFF
        self.frames += 1
        packets = [self.packet(self._parameter_sets())] if keyframe else []
        nal_type = 5 if keyframe else 1
        last = len(sizes) - 1
        for index, size in enumerate(sizes):
            header = (0x80 if index == 0 else 0) | (0x40 if index == last else 0) | nal_type
            payload = bytes((0x7C, header)) + struct.pack(">HB", self.frames & 0xFFFF, index)
            packets.append(self.packet(payload.ljust(size, b"h"), marker=index == last))
        return packets

    @staticmethod
    def _parameter_sets() -> bytes:
        units = (_H264_SPS, _H264_PPS)
        return b"\x78" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)


@dataclass(slots=True)
class OpusStream(FakeStream):
    """Opus, 20 ms a packet, with a voice level where `level_id` is given (RFC 6464)."""

    level_id: int | None = None
    talking: bool = False

    def next_packet(self, *, level_dbov: int = -30, size: int = 100) -> bytes:
        """Return the next 20 ms; the first packet of a talk has the marker."""
        self.rtp_timestamp = self.rtp_timestamp + OPUS_FRAME_TICKS & 0xFFFF_FFFF
        if self.level_id is not None:
            self.extensions[self.level_id] = bytes((0x80 | -level_dbov,))
        payload = bytes((_OPUS_TOC_20MS,)) + struct.pack(">I", self.rtp_timestamp)
        marker, self.talking = not self.talking, True
        return self.packet(payload.ljust(size, b"o"), marker=marker)


def wrap_rtx(packet: bytes, *, stream: FakeStream) -> bytes:
    """Return `packet` (without padding) as a retransmission on `stream` (RFC 4588 §4)."""
    extension_bytes = 0
    if packet[0] & 0x10:
        extension_bytes = 4 + 4 * int.from_bytes(packet[14:16], "big")
    payload = packet[2:4] + packet[12 + extension_bytes :]
    stream.rtp_timestamp = int.from_bytes(packet[4:8], "big")
    return stream.packet(payload, marker=bool(packet[1] & 0x80))
