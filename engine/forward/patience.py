"""How often one viewer may have key frames made that the budget of the track does not cover.

All who watch a track pay for a key frame that one of them needs. Who needs one now and then gets it
at once, also when the budget is spent. Who asks on and on, by malice or behind a link that loses
everything, waits twice as long each time: for the others that is the same.
"""

from typing import Final

MIN_INTERVAL_S: Final = 0.5  # Whatever the budget says; browsers repeat themselves sooner.
FIRST_WAIT_S: Final = 1.0
MAX_WAIT_S: Final = 16.0  # It may be a true viewer, whose picture stands still meanwhile.
FORGIVEN_S: Final = 60.0  # After so long without another one, the next is like the first.


class Patience:
    """One slot's."""

    __slots__ = ("_asked_s", "_free_s", "_wait_s")

    def __init__(self) -> None:
        self._asked_s = self._free_s = float("-inf")
        self._wait_s = 0.0

    def may_ask(self, now_s: float, *, is_spent: bool) -> bool:
        """Say whether a key frame may be asked for now; True is taken to have been used.

        Args:
            is_spent: The track's budget is; see `KeyframeBudget`.
        """
        if now_s - self._asked_s < MIN_INTERVAL_S or (is_spent and now_s < self._free_s):
            return False
        self._asked_s = now_s
        if is_spent:
            is_first = now_s - self._free_s > FORGIVEN_S
            self._wait_s = FIRST_WAIT_S if is_first else min(2 * self._wait_s, MAX_WAIT_S)
            self._free_s = now_s + self._wait_s
        return True
