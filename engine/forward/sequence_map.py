"""Sequence numbers in → sequence numbers out, with the gaps of dropped packets closed.

Theory of operation. Both sides count without wrapping (the caller unwraps 16 bits). An output is
its input plus a *shift*. Dropping inputs lowers the shift for all that follow; restarting on
another source chooses a shift by which its first packet gets the next output. Packets that come
late still need the shift of their own time, so the last segments of equal shift are kept. What
was dropped, or lies before a restart, has no output. Hence the two properties that the tests
state: the map is injective, and monotone in its input.

Inputs that never came keep their outputs: the hole stays open for a retransmission.
"""

from dataclasses import dataclass
from typing import Final

SEGMENTS_KEPT: Final = 64  # Drops in a row per late packet: 2 s of L1T3 at 30 fps are 45.


@dataclass(frozen=True, slots=True)
class Segment:
    """From input `start` on the shift is `shift`; the `dropped` inputs before it have no output."""

    start: int
    shift: int
    dropped: int


class SequenceMap:
    """See the module.

    Attributes:
        next_input: One more than the highest input mapped or dropped.
        shift: Output minus input for inputs from `next_input` on.
    """

    __slots__ = ("_segments", "next_input", "shift")

    def __init__(self, first_output: int = 0) -> None:
        self.next_input = first_output
        self.shift = 0
        self._segments: list[Segment] = []  # A deque would take 0.6 kB in each of many idle slots.

    @property
    def next_output(self) -> int:
        return self.next_input + self.shift

    def restart(self, first_input: int) -> None:
        """Let `first_input` have the next output, and all that is older none."""
        self.shift = self.next_output - first_input
        self.next_input = first_input
        self._segments.clear()
        self._segments.append(Segment(first_input, self.shift, 0))

    def advance(self, first: int, count: int) -> int:
        """Map `count` inputs in a row that are not late; the hot path.

        Args:
            first: At least `next_input`.

        Returns:
            The output of `first`; the others follow it.
        """
        self.next_input = first + count
        return first + self.shift

    def map(self, sequence: int) -> int | None:
        """Return the output of an input, late or not; None if it was dropped or is too old."""
        if sequence >= self.next_input:
            return self.advance(sequence, 1)
        for segment in reversed(self._segments):
            if sequence >= segment.start:
                return sequence + segment.shift
            if sequence >= segment.start - segment.dropped:
                return None
        return None

    def give_back(self, output: int) -> None:
        """Let the outputs from `output` on be given again: nothing was sent with them.

        Only before `restart`: the map must not be asked for their inputs any more.
        """
        self.shift -= self.next_output - output

    def drop(self, first: int, count: int = 1) -> bool:
        """Give `count` inputs no output and close their gap.

        Returns:
            False if they are late: later outputs are on the wire, so the gap stays.
        """
        if first < self.next_input:
            return False
        self.shift -= count
        self.next_input = first + count
        self._segments.append(Segment(self.next_input, self.shift, count))
        if len(self._segments) > SEGMENTS_KEPT:
            del self._segments[0]
        return True
