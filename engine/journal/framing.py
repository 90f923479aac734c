"""The records of a journal file: an array of a checksum and a binary, so that the file is msgpack.

A record is the msgpack array `[crc32, payload]` in fixed widths: fixarray(2), uint 32 with the
CRC-32 of the payload (zlib's), bin 32 with the payload. Eleven bytes stand before each payload, any
msgpack reader can stream the file, and what was torn by a crash is known by its length or checksum.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

HEAD_BYTES: Final = 11
MAX_PAYLOAD_BYTES: Final = 1024 * 1024  # Twice the largest frame that a client may send.

_HEAD: Final = struct.Struct(">BBIBI")
_FIXARRAY_2: Final = 0x92
_UINT_32: Final = 0xCE
_BIN_32: Final = 0xC6


def frame_head(payload: bytes) -> bytes:
    """Make the eleven bytes that stand before a payload."""
    return _HEAD.pack(_FIXARRAY_2, _UINT_32, zlib.crc32(payload), _BIN_32, len(payload))


def read_frames(file: BinaryIO, *, max_payload_bytes: int = MAX_PAYLOAD_BYTES) -> Iterator[bytes]:
    """Yield payloads from the file's position on, up to its end or to the first broken record.

    The next record starts `HEAD_BYTES + len(payload)` after the one before: whoever needs to know
    where the good part ends can count.
    """
    while len(head := file.read(HEAD_BYTES)) == HEAD_BYTES:
        array, uint, checksum, binary, length = _HEAD.unpack(head)
        if (array, uint, binary) != (_FIXARRAY_2, _UINT_32, _BIN_32) or length > max_payload_bytes:
            return
        payload = file.read(length)
        if len(payload) < length or zlib.crc32(payload) != checksum:
            return
        yield payload
