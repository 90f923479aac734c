"""CoDel's decision at the head of a queue, RFC 8289, with the names of its section 5."""

from math import sqrt
from typing import Final

TARGET_S: Final = 0.005  # RFC 8289 section 4.3: an acceptable standing delay, 5 ms.
INTERVAL_S: Final = 0.100  # RFC 8289 section 4.2: a worst-case round trip, 100 ms.
MTU_BYTES: Final = 1500  # A backlog of no more than this is no standing queue (section 5.4).


class Codel:
    """Says of each packet that leaves the queue whether it is dropped instead."""

    def __init__(self, *, target_s: float = TARGET_S, interval_s: float = INTERVAL_S) -> None:
        self._target_s = target_s
        self._interval_s = interval_s
        self._first_above_s = 0.0  # 0: the delay is below the target.
        self._drop_next_s = 0.0
        self._count = 0
        self._last_count = 0
        self._is_dropping = False
        self._has_dropped = False  # And the time of the next drop is still to be set.

    def drops(self, sojourn_s: float, backlog_bytes: int, now_s: float) -> bool:
        """Decide for the packet at the head; call again for the next one if it was dropped.

        Args:
            sojourn_s: How long the packet stood in the queue.
            backlog_bytes: What stands behind it.
            now_s: Never before that of an earlier call, and ≥ 0.
        """
        may_drop = self._may_drop(sojourn_s, backlog_bytes, now_s)
        if self._is_dropping:
            return self._goes_on(may_drop, now_s)
        if not may_drop:
            return False
        self._is_dropping = True
        # Not long after the last time: go on near the rate that was right then (section 5.6).
        delta = self._count - self._last_count
        was_dropping = now_s - self._drop_next_s < 16 * self._interval_s
        self._count = delta if delta > 1 and was_dropping else 1
        self._drop_next_s = self._control_law(now_s)
        self._last_count = self._count
        return True

    def _goes_on(self, may_drop: bool, now_s: float) -> bool:
        if not may_drop:
            self._is_dropping = self._has_dropped = False
            return False
        if self._has_dropped:  # Only if the packet behind the dropped one is late as well.
            self._has_dropped = False
            self._drop_next_s = self._control_law(self._drop_next_s)
        if now_s < self._drop_next_s:
            return False
        self._count += 1
        self._has_dropped = True
        return True

    def handle_empty(self) -> None:
        """The queue ran empty: there is no standing delay (`dequeue` of nothing, section 5.5)."""
        self._first_above_s = 0.0
        self._is_dropping = self._has_dropped = False

    def _may_drop(self, sojourn_s: float, backlog_bytes: int, now_s: float) -> bool:
        if sojourn_s < self._target_s or backlog_bytes <= MTU_BYTES:
            self._first_above_s = 0.0
            return False
        if self._first_above_s == 0.0:
            self._first_above_s = now_s + self._interval_s
            return False
        return now_s >= self._first_above_s

    def _control_law(self, from_s: float) -> float:
        return from_s + self._interval_s / sqrt(self._count)
