"""What key frames may cost: a share of the bytes of their source.

A key frame is many times as large as another frame. Those who wait for one on a slow link pay for
it with frames, and so do all others who watch. So the bytes of a track earn credit that its key
frames spend; while it is spent, requests wait and are asked together (DESIGN: budgeted by their
share of the source's bytes).
"""

from typing import Final

SHARE: Final = 0.15
REFRESH_SHARE: Final = 0.05  # For key frames that nobody waits for yet.
SAVED_SETS: Final = 2  # Credit for so many key frames on all encodings is saved up at most.
FIRST_BYTES: Final = 128 * 1024  # To begin with: a source's first key frames are nobody's fault.


class KeyframeBudget:
    """The credit of one track, in octets. It may be overdrawn: the first key frame is not late."""

    __slots__ = ("_bytes_since", "_credit_bytes", "_set_bytes")

    def __init__(self) -> None:
        self._credit_bytes: float = FIRST_BYTES
        self._bytes_since = 0
        self._set_bytes = 0

    @property
    def is_spent(self) -> bool:
        return self._credit_bytes < 0

    @property
    def has_refresh(self) -> bool:
        """Enough came since the last key frame for one that nobody waits for."""
        return 0 < self._set_bytes <= REFRESH_SHARE * self._bytes_since

    def note(self, size_bytes: int) -> None:
        """Take in what came of the track, key frames too."""
        self._bytes_since += size_bytes
        most_bytes = SAVED_SETS * self._set_bytes or FIRST_BYTES
        self._credit_bytes = min(self._credit_bytes + SHARE * size_bytes, most_bytes)

    def note_keyframe(self, size_bytes: int, set_bytes: int) -> None:
        """Pay for a part of a key frame.

        Args:
            set_bytes: Of the last key frames of all encodings of the track together.
        """
        self._credit_bytes -= size_bytes
        self._set_bytes = set_bytes
        self._bytes_since = 0
