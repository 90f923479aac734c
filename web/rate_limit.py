"""A token bucket: so many requests a second in the long run, so many at once."""


class TokenBucket:
    """Starts full. Sans-IO: time is an argument."""

    __slots__ = ("_burst", "_filled_at_s", "_level", "_rate_per_s")

    def __init__(self, rate_per_s: float, burst: int, now_s: float) -> None:
        self._rate_per_s = rate_per_s
        self._burst = float(burst)
        self._level = float(burst)
        self._filled_at_s = now_s

    def take(self, now_s: float) -> bool:
        """Take one token if there is one; `now_s` must not run backwards."""
        gained = (now_s - self._filled_at_s) * self._rate_per_s
        self._level = min(self._burst, self._level + gained)
        self._filled_at_s = now_s
        if self._level < 1.0:
            return False
        self._level -= 1.0
        return True
