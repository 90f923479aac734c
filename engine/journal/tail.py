"""The newest entries of a journal, kept in memory within bounds."""

from collections import deque
from typing import Final

from .entry import Entry

MAX_ENTRIES: Final = 4096  # Some minutes of a lively class: a reconnect within 30 s reads no file.
MAX_BYTES: Final = 2 * 1024 * 1024


class EntryTail:
    """A run of entries without gaps that ends with the newest; the oldest fall off, if durable."""

    def __init__(self, *, first_seq: int) -> None:
        self._first_seq = first_seq
        self._entries: deque[Entry] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0

    @property
    def first_seq(self) -> int:
        """The seq of the oldest entry kept; one above the newest if there is none."""
        return self._first_seq

    def append(self, entry: Entry, size_bytes: int) -> None:
        self._entries.append(entry)
        self._sizes.append(size_bytes)
        self._bytes += size_bytes

    def between(self, first_seq: int, last_seq: int) -> list[Entry]:
        """Return the entries kept from `first_seq` (which must be kept) to `last_seq`."""
        start = first_seq - self._first_seq
        stop = min(last_seq - self._first_seq + 1, len(self._entries))
        return [self._entries[position] for position in range(start, stop)]

    def trim(self, durable_seq: int) -> None:
        """Drop the oldest above the bounds; what only memory holds stays whatever its size."""
        while self._first_seq <= durable_seq and (
            len(self._entries) > MAX_ENTRIES or self._bytes > MAX_BYTES
        ):
            self._entries.popleft()
            self._bytes -= self._sizes.popleft()
            self._first_seq += 1
