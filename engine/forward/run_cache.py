"""The last runs of one encoding: the one copy that retransmissions to all viewers are made of."""

from collections import deque
from typing import Final

from .source_run import SourceRun

MAX_PACKETS: Final = 768  # About 1 MB; 2.5 s of a 2.5 Mbit/s encoding, a round trip is far less.


class RunCache:
    """Runs by their number, oldest forgotten first."""

    __slots__ = ("_packets", "_runs")

    def __init__(self) -> None:
        self._runs: deque[SourceRun] = deque()
        self._packets = 0

    def add(self, run: SourceRun) -> None:
        """Keep the next run; numbers are consecutive."""
        self._runs.append(run)
        self._packets += run.count
        while self._packets > MAX_PACKETS and len(self._runs) > 1:
            self._packets -= self._runs.popleft().count

    def get(self, number: int) -> SourceRun | None:
        """Return the run, None if it is forgotten."""
        if not self._runs:
            return None
        index = number - self._runs[0].number
        return self._runs[index] if 0 <= index < len(self._runs) else None

    def clear(self) -> None:
        self._runs.clear()
        self._packets = 0
