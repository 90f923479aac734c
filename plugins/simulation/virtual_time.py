"""A clock that leaps from one event to the next."""

import heapq
from collections.abc import Callable
from itertools import count
from typing import Final

STARTS_AT_S: Final = 1000.0  # Not zero: code that takes a time for "never" would not be found.


class VirtualTime:
    """A `Clock`. Events come in the order of their time, those of one time as they were set."""

    def __init__(self) -> None:
        self._now_s = STARTS_AT_S
        self._order = count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    def now_s(self) -> float:
        return self._now_s

    def unix_s(self) -> float:
        return self._now_s

    def at(self, at_s: float, call: Callable[[], None]) -> None:
        """Call at a time; one that has passed is now."""
        heapq.heappush(self._events, (max(at_s, self._now_s), next(self._order), call))

    def every(self, interval_s: float, call: Callable[[], None]) -> None:
        """Call again and again, first after one interval."""

        def again() -> None:
            call()
            self.at(self._now_s + interval_s, again)

        self.at(self._now_s + interval_s, again)

    def run_until(self, end_s: float) -> None:
        """Let time pass."""
        while self._events and self._events[0][0] <= end_s:
            self._now_s, _, call = heapq.heappop(self._events)
            call()
        self._now_s = end_s
