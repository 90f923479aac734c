"""Delays counted in bins: any quantile, in bounded memory."""

from typing import Final

_BINS: Final = 10_000  # Ten seconds of milliseconds; longer ones count as that.


class DelayHistogram:
    """How often each delay was seen; `bin_s` is the resolution, 10,000 of them the range."""

    def __init__(self, *, bin_s: float = 0.001) -> None:
        self.bin_s = bin_s
        self._bins = [0] * (_BINS + 1)
        self.count = 0

    def add(self, delay_s: float) -> None:
        self._bins[min(int(delay_s / self.bin_s), _BINS)] += 1
        self.count += 1

    def quantile_s(self, share: float) -> float:
        """The upper edge of the bin below which `share` of all delays lie; 0.0 if there are none.

        Args:
            share: In (0, 1].
        """
        wanted, seen = share * self.count, 0
        for index, count in enumerate(self._bins):
            seen += count
            if count and seen >= wanted:
                return (index + 1) * self.bin_s
        return 0.0

    def clear(self) -> None:
        """Begin anew: what was seen so far no longer counts."""
        self._bins = [0] * (_BINS + 1)
        self.count = 0
