"""The compact form of a path: zigzag varints of differences, x and y in turn.

A coordinate is an integer in units of the surface (`SURFACE_UNITS` wide); most points of a
simplified stroke take two or three bytes.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

SURFACE_UNITS: Final = 16_000  # The width of every surface; a pen on a phone moves by about 40.
MAX_COORDINATE: Final = 4 * SURFACE_UNITS  # Somewhat beside the page is fine, a mile away is not.
_MAX_SHIFT: Final = 14  # Three bytes for a number: ±1,048,575.


class MalformedPoints(ValueError):
    """The bytes are no path."""


def encode_points(coordinates: Sequence[int]) -> bytes:
    """Encode `x0, y0, x1, y1, …`."""
    out = bytearray()
    before = [0, 0]
    for index, coordinate in enumerate(coordinates):
        difference = coordinate - before[index % 2]
        before[index % 2] = coordinate
        value = difference << 1 if difference >= 0 else ~(difference << 1)
        while value > 0x7F:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        out.append(value)
    return bytes(out)


def decode_points(data: bytes) -> list[int]:
    """Decode to `x0, y0, x1, y1, …`.

    Raises:
        MalformedPoints: A number is cut off or too long, a y is missing, or a point is far away.
    """
    differences = _numbers(data)
    if len(differences) % 2:
        raise MalformedPoints("the last point has no y")
    points = [0] * len(differences)
    points[0::2] = accumulate(differences[0::2])
    points[1::2] = accumulate(differences[1::2])
    if points and (max(points) > MAX_COORDINATE or min(points) < -MAX_COORDINATE):
        raise MalformedPoints(f"a coordinate is beyond {MAX_COORDINATE}")
    return points


def _numbers(data: bytes) -> list[int]:
    numbers = []
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            if shift > _MAX_SHIFT:
                raise MalformedPoints("a number has more than three bytes")
        else:
            numbers.append((value >> 1) ^ -(value & 1))
            value = shift = 0
    if shift:
        raise MalformedPoints("the last number is cut off")
    return numbers
