"""Where in the journal the chat's older messages are: the state holds only the newest ones.

An index has 8 bytes and an object for each message, and adding to it copies at most `CHUNK` of
them; so a page of history is read entry by entry, whatever else the journal has between them.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

CHUNK: Final = 256


@dataclass(frozen=True, slots=True)
class SeqIndex:
    """Ascending seqs, in full chunks and a rest."""

    chunks: tuple[tuple[int, ...], ...] = ()
    rest: tuple[int, ...] = ()

    def with_seq(self, seq: int) -> "SeqIndex":
        """Return this with a seq above all others."""
        rest = (*self.rest, seq)
        if len(rest) < CHUNK:
            return SeqIndex(self.chunks, rest)
        return SeqIndex((*self.chunks, rest))

    def has(self, seq: int) -> bool:
        """Whether a seq is among these."""
        return self.before(seq + 1, 1) == [seq]

    def before(self, seq: int, limit: int) -> list[int]:
        """Return the greatest `limit` seqs below one, ascending."""
        found: list[int] = list(self.rest[: bisect_left(self.rest, seq)][-limit:])
        at = bisect_left(self.chunks, (seq,))
        while len(found) < limit and at > 0:
            at -= 1
            chunk = self.chunks[at]
            found = [*chunk[: bisect_left(chunk, seq)], *found]
        return found[-limit:]


NOTHING: Final = SeqIndex()
