"""How many restarts a supervisor bears: OTP's `intensity` within `period`."""

from collections import deque


class RestartIntensity:
    """A sliding window over the restarts; pure, time is an argument."""

    def __init__(self, restarts: int, period_s: float) -> None:
        self.restarts = restarts
        self.period_s = period_s
        self._at_s: deque[float] = deque()

    def admit(self, now_s: float) -> bool:
        """Count one restart; False if there were more than `restarts` within `period_s`."""
        while self._at_s and now_s - self._at_s[0] > self.period_s:
            self._at_s.popleft()
        self._at_s.append(now_s)
        return len(self._at_s) <= self.restarts

    def reset(self) -> None:
        """Forget all restarts, as a supervisor that was itself restarted does."""
        self._at_s.clear()
