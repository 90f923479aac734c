"""Where time comes from: the shells ask a clock, the sans-IO cores are told `now_s`."""

import time
from typing import Protocol

import trio


class Clock(Protocol):
    """Two times: one that never jumps, and one that people read."""

    def now_s(self) -> float:
        """Seconds on a monotonic clock with an arbitrary origin."""
        ...

    def unix_s(self) -> float:
        """Seconds since 1970-01-01 UTC; may jump."""
        ...


class TrioClock:
    """The clock of the running trio loop, so that tests may advance it (autojump)."""

    def now_s(self) -> float:
        return trio.current_time()

    def unix_s(self) -> float:
        return time.time()
