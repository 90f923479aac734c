"""When to ask a publisher for key frames: seldom, and again until they come.

A key frame asked for one viewer is paid by all viewers of the track, and a browser makes one on
every encoding for one request and ignores a second within 300 ms (facts/webrtc.md 16,
facts/slots.md pitfall 1). So requests are throttled by track, not by encoding or viewer; and
repeated, because a receiver that was not ready yet dropped the answer and never asks
(facts/webrtc.md 17).
"""

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

MIN_INTERVAL_S: Final = 0.33  # Chromium ignores a request within 0.3 s of the last one.
REPEATS_S: Final = (0.33, 1.0, 2.5, 3.0)  # After the first, second, …; the last one for ever.

E = TypeVar("E", bound=Hashable)


class KeyframeRequests(Generic[E]):
    """The requests for one track. `E` names an encoding."""

    __slots__ = ("_attempts", "_due_s", "_last_s", "_needed")

    def __init__(self) -> None:
        self._needed: dict[E, None] = {}  # A set in order.
        self._last_s = float("-inf")
        self._due_s = float("inf")
        self._attempts = 0

    @property
    def due_s(self) -> float:
        """When `poll` has something to say; infinite if nothing is needed."""
        return self._due_s

    def need(self, encoding: E, now_s: float) -> bool:
        """Note that somebody waits for a key frame; return False if it was already known."""
        if encoding in self._needed:
            return False
        self._needed[encoding] = None
        self._attempts = 0
        self._due_s = min(self._due_s, max(now_s, self._last_s + MIN_INTERVAL_S))
        return True

    def forget(self, encoding: E) -> None:
        """The key frame came, or nobody waits for it any more."""
        self._needed.pop(encoding, None)
        if not self._needed:
            self._due_s = float("inf")

    def poll(self, now_s: float) -> tuple[E, ...]:
        """Return the encodings to ask for now, all in one compound packet."""
        if now_s < self._due_s:
            return ()
        self._last_s = now_s
        self._due_s = now_s + REPEATS_S[min(self._attempts, len(REPEATS_S) - 1)]
        self._attempts += 1
        return tuple(self._needed)
