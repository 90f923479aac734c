"""What a file is by its first bytes, whatever it is called, and how large its picture is.

Only these kinds are told apart: PNG (ISO/IEC 15948), JPEG (ITU-T T.81, Exif 2.3), WebP (RFC 9649),
GIF (89a) and PDF (ISO 32000). Sans-IO; any bytes give an answer.
"""

import struct
from dataclasses import dataclass
from typing import Final

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
WEBP: Final = "image/webp"
GIF: Final = "image/gif"
PDF: Final = "application/pdf"

SNIFF_BYTES: Final = 12  # So many tell the kind.
# Before a JPEG's size there may be an Exif thumbnail and a colour profile in many segments.
PICTURE_HEAD_BYTES: Final = 1024 * 1024

_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
)
# SOF0 to SOF15 without DHT, JPG and DAC, which stand among them.
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EXIF_ORIENTATION: Final = 0x0112
_LYING: Final = range(5, 9)  # Orientations that swap width and height.


@dataclass(frozen=True, slots=True)
class PictureSize:
    """As it is shown, Exif orientation included."""

    width_px: int
    height_px: int


def sniff(head: bytes) -> str | None:
    """Return the media type of a file that begins so; None: it is of no kind known here."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    return None


def picture_size(head: bytes, media_type: str) -> PictureSize | None:
    """Read the size of a picture from its head; None: it cannot be read there, or is nothing."""
    try:
        size = _READERS[media_type](head)
    except (KeyError, IndexError, struct.error):
        return None
    return size if size is not None and size.width_px > 0 and size.height_px > 0 else None


def _png_size(head: bytes) -> PictureSize | None:
    if head[12:16] != b"IHDR":
        return None
    return PictureSize(*struct.unpack_from(">II", head, 16))


def _gif_size(head: bytes) -> PictureSize | None:
    return PictureSize(*struct.unpack_from("<HH", head, 6))


def _webp_size(head: bytes) -> PictureSize | None:
    match head[12:16]:
        case b"VP8 ":
            if head[23:26] != b"\x9d\x01\x2a":
                return None
            width, height = struct.unpack_from("<HH", head, 26)
            return PictureSize(width & 0x3FFF, height & 0x3FFF)
        case b"VP8L":
            if head[20] != 0x2F:
                return None
            (bits,) = struct.unpack_from("<I", head, 21)
            return PictureSize((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8X":
            width = int.from_bytes(head[24:27], "little") + 1
            return PictureSize(width, int.from_bytes(head[27:30], "little") + 1)
    return None


def _jpeg_size(head: bytes) -> PictureSize | None:
    offset, orientation = 2, 1
    while offset + 4 <= len(head):
        if head[offset] != 0xFF:
            return None
        marker = head[offset + 1]
        if marker == 0xFF:  # A fill byte.
            offset += 1
            continue
        (length,) = struct.unpack_from(">H", head, offset + 2)
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", head, offset + 5)
            is_lying = orientation in _LYING
            return PictureSize(height, width) if is_lying else PictureSize(width, height)
        if length < 2:
            return None
        if marker == 0xE1:
            orientation = _exif_orientation(head[offset + 4 : offset + 2 + length]) or orientation
        offset += 2 + length
    return None


def _exif_orientation(segment: bytes) -> int | None:
    """Read the orientation from the first directory of an APP1 segment."""
    tiff = segment.removeprefix(b"Exif\x00\x00")
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if tiff is segment or order is None:
        return None
    try:
        (offset,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, offset)
        for index in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, offset + 2 + 12 * index)
            if tag == _EXIF_ORIENTATION and kind == 3:
                return int(value)
    except struct.error:
        pass  # A broken Exif block turns no picture.
    return None


_READERS: Final = {PNG: _png_size, GIF: _gif_size, WEBP: _webp_size, JPEG: _jpeg_size}
