"""A model of what a browser's video encoders make of a camera or a screen: sizes, no pictures.

A camera's frames have three temporal layers and sizes that vary around their mean; a key frame is
several times as large. A screen that shows pages hardly changes: its frames are tiny, and a change
of page makes one that is as large as a key frame. The figures are those of Chromium in
facts/slots.md, rounded.
"""

import random
import struct
from dataclasses import dataclass, field
from typing import Final

from ...engine.ids import TrackId
from ...engine.testing.video_packets import FakeStream

PACKET_BYTES: Final = 1150  # Of payload, as libwebrtc cuts them.
# Temporal layers 0, 2, 1, 2, with the share of bits of each frame in its group of four.
_TEMPORAL_PATTERN: Final = ((0, 0.4), (2, 0.2), (1, 0.2), (2, 0.2))
_MEDIAN_SPREAD: Final = 0.15  # Of the logarithm of a frame's size.
_TAG = struct.Struct(">IHH")  # Serial of the frame, number of the packet, how many there are.


@dataclass(frozen=True, slots=True)
class Encoding:
    """One simulcast encoding of a source."""

    rid: str
    rate_bps: int
    frames_per_s: int
    keyframe_bytes: int


CAMERA: Final = (
    Encoding("l", 150_000, 15, 4_000),
    Encoding("m", 500_000, 30, 14_000),
    Encoding("h", 1_500_000, 30, 45_000),
)
# Text: a page's key frame is most of what it costs.
SCREEN: Final = (
    Encoding("l", 30_000, 5, 24_000),
    Encoding("h", 60_000, 15, 80_000),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame was, whoever gets it."""

    track_id: TrackId
    encoding: int
    captured_s: float
    content: int  # Of a screen: which page it shows.


@dataclass(slots=True)
class Encoder:
    """One encoding at work. `frames` are the whole room's: viewers look up what they got."""

    track_id: TrackId
    encoding: Encoding
    index: int
    stream: FakeStream
    has_temporal: bool
    chance: random.Random
    frames: list[Frame]
    is_key_wanted: bool = True
    _picture_id: int = 0
    _tl0: int = 0
    _turn: int = 0
    _content: int = field(default=-1)

    def encode(self, now_s: float, content: int) -> list[bytes]:
        """Return the packets of the next frame."""
        is_key, self.is_key_wanted = self.is_key_wanted, False
        if is_key:
            self._turn = 0
        temporal, share = _TEMPORAL_PATTERN[self._turn % 4] if self.has_temporal else (0, 0.25)
        self._turn += 1
        size = self._size(share, is_large=is_key or content != self._content)
        self._content = content
        serial = len(self.frames)
        self.frames.append(Frame(self.track_id, self.index, now_s, content))
        self.stream.rtp_timestamp = round(now_s * 90_000) & 0xFFFF_FFFF
        self._picture_id = self._picture_id + 1 & 0x7FFF
        if temporal == 0:
            self._tl0 = self._tl0 + 1 & 0xFF
        count = -(-size // PACKET_BYTES)
        head = self._descriptor(temporal)
        return [
            self.stream.packet(
                self._payload(head, number, count, size // count, serial, is_key=is_key),
                marker=number == count - 1,
            )
            for number in range(count)
        ]

    def _size(self, share: float, *, is_large: bool) -> int:
        spread = self.chance.lognormvariate(0, _MEDIAN_SPREAD)
        if is_large:
            return round(self.encoding.keyframe_bytes * spread)
        mean_bytes = self.encoding.rate_bps / 8 / self.encoding.frames_per_s
        return max(60, round(mean_bytes * 4 * share * spread))

    def _descriptor(self, temporal: int) -> bytes:
        """VP8's (RFC 7741 §4.2), with PictureID, TL0PICIDX and temporal layer."""
        is_sync = temporal > 0
        return bytes(
            (
                0xE0,  # I, L and T.
                0x80 | self._picture_id >> 8,
                self._picture_id & 0xFF,
                self._tl0,
                temporal << 6 | (0x20 if is_sync else 0),
            )
        )

    def _payload(
        self, head: bytes, number: int, count: int, size: int, serial: int, *, is_key: bool
    ) -> bytes:
        start = b"\x90" if number == 0 else b"\x80"  # X, and S at the start of the frame.
        inter = b"\x10" if is_key else b"\x11"
        return (start + head + inter + _TAG.pack(serial, number, count)).ljust(size, b"v")


@dataclass(frozen=True, slots=True)
class FramePacket:
    """What a viewer reads of a packet: a piece of which frame it is."""

    serial: int
    number: int
    count: int
    is_key: bool


def read_packet(payload: bytes) -> FramePacket | None:
    """Read the payload of a packet that an `Encoder` made; None: it is none."""
    if len(payload) < 7 + _TAG.size:
        return None
    serial, number, count = _TAG.unpack_from(payload, 7)
    return FramePacket(serial, number, count, is_key=not payload[6] & 1)
