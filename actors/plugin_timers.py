"""The timers of one plugin in one room; they end with its actor."""

from collections.abc import Callable, Iterator
from typing import Final

import trio

MAX_TIMERS: Final = 1_000  # The contract of `PluginContext.set_timer`.
MIN_GAP_S: Final = 0.01  # A timer that is always due must not keep the loop busy.
LONGEST_S: Final = 3600.0  # Then the clock is read again.


class PluginTimers:
    """Times are of the session clock, which `now_us` reads; `tell_due` is called for a due one."""

    def __init__(self, now_us: Callable[[], int], tell_due: Callable[[], None]) -> None:
        self._now_us = now_us
        self._tell_due = tell_due
        self._at_us: dict[str, int] = {}
        self._changed = trio.Event()

    def set(self, name: str, at_us: int) -> None:
        """Set a timer, or set it anew.

        Raises:
            ValueError: There are too many.
        """
        if name not in self._at_us and len(self._at_us) >= MAX_TIMERS:
            raise ValueError(f"a plugin has at most {MAX_TIMERS} timers in a room")
        self._at_us[name] = at_us
        self._changed.set()

    def cancel(self, name: str) -> None:
        """Take a timer back."""
        if self._at_us.pop(name, None) is not None:
            self._changed.set()

    def take_due(self) -> Iterator[str]:
        """Yield the names of those that are due now, the earliest first; each is then gone.

        What is cancelled or put off meanwhile is not yielded; what is set meanwhile has its turn
        the next time.
        """
        now_us = self._now_us()
        due = sorted((at_us, name) for name, at_us in self._at_us.items() if at_us <= now_us)
        for at_us, name in due:
            if self._at_us.get(name) == at_us:
                del self._at_us[name]
                yield name

    async def run(self) -> None:
        """Say when a timer is due, for ever."""
        while True:
            self._changed = trio.Event()
            if not self._at_us:
                await self._changed.wait()
                continue
            left_s = (min(self._at_us.values()) - self._now_us()) / 1e6
            if left_s > 0:
                with trio.move_on_after(min(left_s, LONGEST_S)):
                    await self._changed.wait()
            else:
                self._tell_due()
                await trio.sleep(MIN_GAP_S)
