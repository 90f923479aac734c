"""The watchdog: a thread that reports when the trio loop stands still, and where.

trio has no kill, and one actor that blocks stops all of them. The thread asks the loop for a sign
of life at an interval; if there is none within the threshold it logs `loop.stalled` with the stack
of the loop's thread, once for each stall, and `loop.recovered` when the sign comes.
"""

import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog
import trio

_log = structlog.get_logger()

DEFAULT_THRESHOLD_S: Final = 0.25  # Audio conceals about 0.1 s; well past what a busy loop takes.
DEFAULT_INTERVAL_S: Final = 1.0  # One wake-up a second is 0.01 % of a core.


@dataclass(frozen=True, slots=True)
class Stall:
    """One stall, reported while it lasts.

    Attributes:
        waited_s: Seconds without a sign of life so far.
        stack: Where the loop's thread is, as a traceback prints it.
    """

    waited_s: float
    stack: str


class Watchdog:
    """Made by `open_watchdog`.

    Attributes:
        stalls: How many there were.
        longest_s: The longest that has ended, in seconds.
    """

    def __init__(
        self, *, threshold_s: float, interval_s: float, on_stall: Callable[[Stall], None] | None
    ) -> None:
        self.stalls = 0
        self.longest_s = 0.0
        self._threshold_s = threshold_s
        self._interval_s = interval_s
        self._on_stall = on_stall
        self._token = trio.lowlevel.current_trio_token()
        self._loop_thread_id = threading.get_ident()
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="emporion-watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Tell the thread to end; it does within `threshold_s`, and nobody waits for it."""
        self._is_closing.set()

    def _watch(self) -> None:
        while not self._is_closing.wait(self._interval_s):
            sign = threading.Event()
            asked_at_s = time.monotonic()
            try:
                self._token.run_sync_soon(sign.set)
            except trio.RunFinishedError:
                return
            if not sign.wait(self._threshold_s) and not self._is_closing.is_set():
                self._report(asked_at_s)
                self._wait_recovered(sign, asked_at_s)

    def _report(self, asked_at_s: float) -> None:
        self.stalls += 1
        frame = sys._current_frames().get(self._loop_thread_id)
        stack = "".join(traceback.format_stack(frame)) if frame is not None else ""
        stall = Stall(time.monotonic() - asked_at_s, stack)
        _log.error("loop.stalled", waited_s=round(stall.waited_s, 3), stack=stack)
        if self._on_stall is not None:
            self._on_stall(stall)

    def _wait_recovered(self, sign: threading.Event, asked_at_s: float) -> None:
        while not sign.wait(self._threshold_s):
            if self._is_closing.is_set():
                return
        stalled_s = time.monotonic() - asked_at_s
        self.longest_s = max(self.longest_s, stalled_s)
        _log.warning("loop.recovered", stalled_s=round(stalled_s, 3))


@asynccontextmanager
async def open_watchdog(
    *,
    threshold_s: float = DEFAULT_THRESHOLD_S,
    interval_s: float = DEFAULT_INTERVAL_S,
    on_stall: Callable[[Stall], None] | None = None,
) -> AsyncIterator[Watchdog]:
    """Watch the running trio loop while the body runs.

    Args:
        threshold_s: Seconds without a sign of life that make a stall, > 0. Real seconds always.
        interval_s: Seconds between two looks, > 0; a stall shorter than this may be missed.
        on_stall: Called in the watchdog's thread while the loop stands; it must be thread-safe and
            not raise.
    """
    watchdog = Watchdog(threshold_s=threshold_s, interval_s=interval_s, on_stall=on_stall)
    watchdog.start()
    try:
        yield watchdog
    finally:
        watchdog.close()
