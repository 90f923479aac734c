"""When to ask a publisher for key frames: seldom, and again until they come.

A key frame asked for one viewer is paid by all viewers of the track, and a browser makes one on
every encoding for one request and ignores a second within 300 ms (facts/webrtc.md 16,
facts/slots.md pitfall 1). So requests are throttled by track, not by encoding or viewer; and
repeated, because a receiver that was not ready yet dropped the answer and never asks
(facts/webrtc.md 17). And they keep to a budget: when it is spent, who sees nothing waits for a
second at most, who sees a picture and waits for a better one for three.
"""

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from .keyframe_budget import KeyframeBudget

MIN_INTERVAL_S: Final = 0.33  # Chromium ignores a request within 0.3 s of the last one.
URGENT_INTERVAL_S: Final = 1.0  # When the budget is spent.
PATIENT_INTERVAL_S: Final = 3.0
REPEATS_S: Final = (0.33, 1.0, 2.5, 3.0)  # After the first, second, …; the last one for ever.

E = TypeVar("E", bound=Hashable)


class KeyframeRequests(Generic[E]):
    """The requests for one track. `E` names an encoding."""

    __slots__ = ("_attempts", "_due_s", "_is_held", "_last_s", "_needed", "budget")

    def __init__(self) -> None:
        self.budget = KeyframeBudget()
        self._needed: dict[E, bool] = {}  # And whether it is urgent.
        self._is_held = False  # By the budget.
        self._last_s = float("-inf")
        self._due_s = float("inf")
        self._attempts = 0

    @property
    def due_s(self) -> float:
        """When `poll` has something to say; infinite if nothing is needed."""
        return self._due_s

    def need(self, encoding: E, now_s: float, *, is_urgent: bool = True) -> bool:
        """Note that somebody waits for a key frame; return False if it was already known.

        Args:
            is_urgent: Who waits sees nothing meanwhile.
        """
        was_urgent = self._needed.get(encoding)
        if was_urgent is not None and was_urgent >= is_urgent:
            return False
        self._needed[encoding] = is_urgent
        self._attempts = 0
        due_s = max(now_s, self._last_s + MIN_INTERVAL_S)
        if self.budget.is_spent:
            self._is_held = True
            interval_s = URGENT_INTERVAL_S if is_urgent else PATIENT_INTERVAL_S
            due_s = max(due_s, self._last_s + interval_s)
        self._due_s = min(self._due_s, due_s)
        return was_urgent is None

    def forget(self, encoding: E) -> None:
        """The key frame came, or nobody waits for it any more."""
        self._needed.pop(encoding, None)
        if not self._needed:
            self._due_s = float("inf")
            self._is_held = False

    def poll(self, now_s: float) -> tuple[E, ...]:
        """Return the encodings to ask for now, all in one compound packet."""
        if self._is_held and not self.budget.is_spent:
            self._is_held = False
            self._due_s = max(now_s, self._last_s + MIN_INTERVAL_S)
        if now_s < self._due_s:
            return ()
        self._is_held = False
        self._last_s = now_s
        self._due_s = now_s + REPEATS_S[min(self._attempts, len(REPEATS_S) - 1)]
        self._attempts += 1
        return tuple(self._needed)
