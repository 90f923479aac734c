"""Numbers that wrap on the wire (sequence numbers, timestamps, PictureIDs), unwrapped."""

from typing import Final

SEQUENCE_BITS: Final = 16
TIMESTAMP_BITS: Final = 32


def difference(newer: int, older: int, bits: int = SEQUENCE_BITS) -> int:
    """Return how far `newer` is ahead of `older` on a circle of 2**bits, in [-half, half).

    Spec:
        RFC 1982 leaves a distance of exactly half undefined; here it counts as behind.
    """
    half = 1 << (bits - 1)
    return ((newer - older + half) & ((1 << bits) - 1)) - half


def is_newer(number: int, than: int, bits: int = SEQUENCE_BITS) -> bool:
    """Tell whether a wrapped number comes after another."""
    return difference(number, than, bits) > 0


def unwrap(number: int, reference: int, bits: int = SEQUENCE_BITS) -> int:
    """Return the unwrapped number that ends in `number` and lies nearest to `reference`.

    Args:
        number: As on the wire, in [0, 2**bits).
        reference: Any unwrapped number of the same stream, e.g. the highest so far.
        bits: Width on the wire.
    """
    return reference + difference(number, reference, bits)


class SequenceUnwrapper:
    """Unwraps the numbers of one stream, relative to the highest seen.

    The first number is put one cycle up, so that what it overtook does not fall below zero.

    Attributes:
        highest: Highest unwrapped number so far, None before the first.
    """

    __slots__ = ("_half", "_mask", "highest")

    def __init__(self, bits: int = SEQUENCE_BITS) -> None:
        self._half = 1 << (bits - 1)
        self._mask = (1 << bits) - 1
        self.highest: int | None = None

    def unwrap(self, number: int) -> int:
        """Return the unwrapped number; lower than `highest` for a packet that comes late."""
        highest = self.highest
        if highest is None:
            self.highest = number + self._mask + 1
            return self.highest
        unwrapped = highest + ((number - highest + self._half) & self._mask) - self._half
        if unwrapped > highest:
            self.highest = unwrapped
        return unwrapped
