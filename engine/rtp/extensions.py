"""RTP header extensions: both forms of the block (RFC 8285) and the elements that we read or write.

Elements are bytes, found by the id that the session description gave them; the `read_*` functions
give them meaning and answer None for data of the wrong size.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

ABS_SEND_TIME_URI: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC_URI: Final = (
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
)
AUDIO_LEVEL_URI: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
MID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
VIDEO_ORIENTATION_URI: Final = "urn:3gpp:video-orientation"

ONE_BYTE_PROFILE: Final = 0xBEDE  # RFC 8285 §4.2.
TWO_BYTE_PROFILE: Final = 0x1000  # RFC 8285 §4.3; the low 4 bits are the application's.
_TWO_BYTE_MASK: Final = 0xFFF0
_ONE_BYTE_MAX_ID: Final = 14
_ONE_BYTE_MAX_BYTES: Final = 16
_STOP_ID: Final = 15  # RFC 8285 §4.2: "processing of the extension elements MUST be terminated".
_ABS_SEND_TIME_TICKS: Final = 1 << 18  # 6.18 fixed point.
_MAX_NAME_BYTES: Final = 255


def read_elements(profile: int, data: bytes, start: int, end: int) -> dict[int, bytes]:
    """Return the elements of a block by id; the first where an id comes twice.

    Args:
        profile: The 16 bits that say which form the block has; another one gives no elements.
        data: The packet.
        start: Where the elements begin, after profile and length.
        end: Where the block ends, at most the size of `data`.
    """
    if profile == ONE_BYTE_PROFILE:
        return _read_one_byte(data, start, end)
    if profile & _TWO_BYTE_MASK == TWO_BYTE_PROFILE:
        return _read_two_byte(data, start, end)
    return {}


def _read_one_byte(data: bytes, at: int, end: int) -> dict[int, bytes]:
    elements: dict[int, bytes] = {}
    while at < end:
        octet = data[at]
        at += 1
        if not octet:
            continue  # Padding.
        identifier = octet >> 4
        after = at + (octet & 0x0F) + 1
        if identifier == _STOP_ID or after > end:
            break
        if identifier and identifier not in elements:  # Id 0 with a length is ignored (§4.2).
            elements[identifier] = data[at:after]
        at = after
    return elements


def _read_two_byte(data: bytes, at: int, end: int) -> dict[int, bytes]:
    elements: dict[int, bytes] = {}
    while at < end:
        identifier = data[at]
        at += 1
        if not identifier:
            continue  # Padding.
        if at == end:
            break
        after = at + 1 + data[at]
        if after > end:
            break
        elements.setdefault(identifier, data[at + 1 : after])
        at = after
    return elements


def build_block(elements: Iterable[tuple[int, bytes]], *, last_at_end: bool = False) -> bytes:
    """Return a whole extension block, padded to words; empty for no elements.

    The one-byte form is used unless an id above 14, empty data or data over 16 bytes needs the
    other (which the peer must have allowed: `a=extmap-allow-mixed`, RFC 8285 §6).

    Args:
        elements: (id in [1, 255], data of at most 255 bytes).
        last_at_end: Pad before the last element, which both forms allow, and not behind it: the
            last octets of the header are its data then.
    """
    pairs = list(elements)
    if not pairs:
        return b""
    if all(i <= _ONE_BYTE_MAX_ID and 0 < len(d) <= _ONE_BYTE_MAX_BYTES for i, d in pairs):
        profile = ONE_BYTE_PROFILE
        parts = [bytes((i << 4 | len(d) - 1,)) + d for i, d in pairs]
    else:
        profile = TWO_BYTE_PROFILE
        parts = [bytes((i, len(d))) + d for i, d in pairs]
    padding = bytes(-sum(map(len, parts)) % 4)
    parts.insert(len(parts) - last_at_end, padding)
    body = b"".join(parts)
    return profile.to_bytes(2, "big") + (len(body) // 4).to_bytes(2, "big") + body


def read_transport_cc(data: bytes | None) -> int | None:
    """Return the transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-01 §2)."""
    return data[0] << 8 | data[1] if data is not None and len(data) == 2 else None


def build_transport_cc(sequence_number: int) -> bytes:
    """Return the element for a transport-wide sequence number, cut to 16 bits."""
    return (sequence_number & 0xFFFF).to_bytes(2, "big")


def read_abs_send_time(data: bytes | None) -> float | None:
    """Return the sender's time in seconds, in [0, 64): it wraps."""
    if data is None or len(data) != 3:
        return None
    return int.from_bytes(data, "big") / _ABS_SEND_TIME_TICKS


def build_abs_send_time(now_s: float) -> bytes:
    """Return the element for a time in seconds, of any epoch: 24 bits, 6.18 fixed point."""
    return (int(now_s * _ABS_SEND_TIME_TICKS) & 0xFF_FFFF).to_bytes(3, "big")


@dataclass(frozen=True, slots=True)
class AudioLevel:
    """RFC 6464: how loud the packet is (0 is loudest, -127 silence), and whether it is a voice."""

    level_dbov: int
    is_voice: bool


def read_audio_level(data: bytes | None) -> AudioLevel | None:
    """Return the level; the two-byte form may pad its one octet (RFC 6464 §3)."""
    if not data:
        return None
    return AudioLevel(level_dbov=-(data[0] & 0x7F), is_voice=data[0] > 0x7F)


def build_audio_level(level: AudioLevel) -> bytes:
    """Return the element for a level in [-127, 0]."""
    return bytes((-level.level_dbov | (0x80 if level.is_voice else 0),))


def read_name(data: bytes | None) -> str | None:
    """Return a mid, rid or repaired rid (RFC 9143 §15, RFC 8852 §3); None if it is not ASCII."""
    if not data or len(data) > _MAX_NAME_BYTES or not data.isascii():
        return None
    return data.decode("ascii")


def build_name(name: str) -> bytes:
    """Return the element for a mid or rid.

    Raises:
        UnicodeEncodeError: The name is not ASCII.
    """
    return name.encode("ascii")


@dataclass(frozen=True, slots=True)
class VideoOrientation:
    """3GPP TS 26.114 §7.4.5: turn by so many degrees clockwise to show the picture upright."""

    rotation_degrees: int  # 0, 90, 180 or 270.
    is_flipped: bool = False  # Mirrored left to right.
    is_back_camera: bool = False


def read_video_orientation(data: bytes | None) -> VideoOrientation | None:
    """Return how the picture is to be turned."""
    if not data:
        return None
    octet = data[0]
    return VideoOrientation((octet & 3) * 90, bool(octet & 4), bool(octet & 8))


def build_video_orientation(orientation: VideoOrientation) -> bytes:
    """Return the element; rotations are cut to multiples of 90 degrees."""
    octet = orientation.rotation_degrees // 90 & 3
    octet |= 4 if orientation.is_flipped else 0
    octet |= 8 if orientation.is_back_camera else 0
    return bytes((octet,))
