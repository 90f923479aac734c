"""How fast a link carries bytes: constant, in steps, or a seeded walk like a phone's.

A `Rate` is a value of a profile; a `Line` is what a link asks when a packet's last byte is through.
Capacity that nobody used is gone, as on a real line.
"""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import erf, exp, floor, inf, isfinite, sqrt
from typing import Final, Protocol

_MAX_STEPS: Final = 2_000_000  # More than half an hour of milliseconds; bounds memory to 50 MB.


class Line(Protocol):
    """The capacity of one link over time."""

    def end_s(self, start_s: float, bits: int) -> float:
        """When `bits` whose transmission begins at `start_s` are through."""
        ...

    def bits_between(self, start_s: float, end_s: float) -> float:
        """What the line can carry in a window."""
        ...

    @property
    def mean_bps(self) -> float: ...


class Rate(Protocol):
    """A rate of a profile; `line` is deterministic in `seed`."""

    def line(self, seed: int) -> Line: ...


@dataclass(frozen=True, slots=True)
class ConstantRate:
    """Always the same.

    Attributes:
        bps: Bits per second, IP and UDP headers included; > 0.
    """

    bps: float

    def __post_init__(self) -> None:
        if not (self.bps > 0 and isfinite(self.bps)):
            raise ValueError(f"a constant rate is above zero and finite, not {self.bps}")

    def line(self, seed: int) -> Line:
        return self

    def end_s(self, start_s: float, bits: int) -> float:
        return start_s + bits / self.bps

    def bits_between(self, start_s: float, end_s: float) -> float:
        return (end_s - start_s) * self.bps

    @property
    def mean_bps(self) -> float:
        return self.bps


class StepRate:
    """A rate that changes at given times and begins anew when it is over.

    Args:
        steps: (duration in seconds > 0, bits per second ≥ 0), in order; at least one with a rate.

    Raises:
        ValueError: No step, a step without duration, a negative rate, or no capacity at all.
    """

    def __init__(self, steps: Sequence[tuple[float, float]]) -> None:
        if not 0 < len(steps) <= _MAX_STEPS:
            raise ValueError(f"a rate has 1 to {_MAX_STEPS} steps, not {len(steps)}")
        if any(not (isfinite(s) and s > 0 and isfinite(bps) and bps >= 0) for s, bps in steps):
            raise ValueError("each step lasts longer than 0 s, at a finite rate of 0 bit/s or more")
        self._times_s = [0.0, *accumulate(duration_s for duration_s, _ in steps)]
        self._bits = [0.0, *accumulate(duration_s * bps for duration_s, bps in steps)]
        self._rates_bps = [bps for _, bps in steps]
        self.period_s = self._times_s[-1]
        if self._bits[-1] <= 0:
            raise ValueError("a rate that is always 0 carries nothing, ever")

    @property
    def steps(self) -> tuple[tuple[float, float], ...]:
        spans = pairwise(self._times_s)
        return tuple(
            (end - start, bps) for (start, end), bps in zip(spans, self._rates_bps, strict=True)
        )

    @property
    def mean_bps(self) -> float:
        return self._bits[-1] / self.period_s

    def line(self, seed: int) -> Line:
        return self

    def end_s(self, start_s: float, bits: int) -> float:
        rounds, into_s = self._split(start_s)
        index = self._step_at(into_s)
        wanted = self._carried(index, into_s) + bits
        bps = self._rates_bps[index]
        if wanted <= self._bits[index + 1] and bps > 0:  # Most packets end in their first step.
            return start_s + bits / bps
        more, left = divmod(wanted, self._bits[-1])
        if left <= 0:  # Exactly full: it was so when the last step that carries anything ended.
            more, left = more - 1, self._bits[-1]
        index = bisect_left(self._bits, left) - 1
        end_s = self._times_s[index] + (left - self._bits[index]) / self._rates_bps[index]
        return max(start_s, (rounds + more) * self.period_s + end_s)

    def bits_between(self, start_s: float, end_s: float) -> float:
        return self._total(end_s) - self._total(start_s)

    def _total(self, at_s: float) -> float:
        rounds, into_s = self._split(at_s)
        return rounds * self._bits[-1] + self._carried(self._step_at(into_s), into_s)

    def _split(self, at_s: float) -> tuple[int, float]:
        rounds = floor(at_s / self.period_s)
        return rounds, min(max(0.0, at_s - rounds * self.period_s), self.period_s)

    def _step_at(self, into_s: float) -> int:
        return min(bisect_right(self._times_s, into_s), len(self._rates_bps)) - 1

    def _carried(self, index: int, into_s: float) -> float:
        return self._bits[index] + (into_s - self._times_s[index]) * self._rates_bps[index]


@dataclass(frozen=True, slots=True)
class WalkRate:
    """A mobile network's rate: a seeded walk that has the given quantiles in the long run.

    A Gaussian that forgets within `memory_s` (Ornstein-Uhlenbeck) is mapped onto the quantiles,
    with straight lines between them. Links of different seeds differ; the same seed repeats.

    Attributes:
        quantiles: (share of the time in [0, 1], bits per second), both rising, from 0 to 1.
        memory_s: Time after which the walk has forgotten where it was (correlation 1/e).
        step_s: The rate stands still for this long.
        period_s: Then the walk begins anew.
        max_gap_s: A gap at rate 0 is cut at this length.
    """

    quantiles: tuple[tuple[float, float], ...]
    memory_s: float = 6.0
    step_s: float = 0.2
    period_s: float = 600.0
    max_gap_s: float = inf

    def line(self, seed: int) -> StepRate:
        chance = random.Random(f"{seed}/rate")
        keep = exp(-self.step_s / self.memory_s)
        noise = sqrt(1 - keep * keep)
        at, gap_s = chance.gauss(0, 1), 0.0
        steps: list[tuple[float, float]] = []
        for _ in range(max(1, round(self.period_s / self.step_s))):
            bps = self._rate_at((1 + erf(at / sqrt(2))) / 2)
            gap_s = gap_s + self.step_s if bps <= 0 else 0.0
            if gap_s > self.max_gap_s:
                # The radio is back, and stays back: the walk goes on from its median.
                at, gap_s, bps = 0.0, 0.0, self._rate_at(0.5)
            steps.append((self.step_s, bps))
            at = keep * at + noise * chance.gauss(0, 1)
        return StepRate(steps)

    def _rate_at(self, share: float) -> float:
        for (low, low_bps), (high, high_bps) in pairwise(self.quantiles):
            if share <= high:
                return low_bps + (high_bps - low_bps) * (share - low) / (high - low)
        return self.quantiles[-1][1]
