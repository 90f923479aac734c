"""Packets that a network loses: each for itself, or in bursts."""

import random
from dataclasses import dataclass
from typing import Protocol


class LossRun(Protocol):
    """One link's losses, packet by packet."""

    def loses(self) -> bool: ...


class Loss(Protocol):
    """A loss of a profile; `run` is deterministic in `seed`."""

    def run(self, seed: int) -> LossRun: ...


@dataclass(frozen=True, slots=True)
class RandomLoss:
    """Each packet for itself.

    Attributes:
        ratio: Share of packets lost, in [0, 1].
    """

    ratio: float

    def run(self, seed: int) -> LossRun:
        return _TwoStateRun(seed, 0.0, 1.0, good_ratio=self.ratio, bad_ratio=self.ratio)


@dataclass(frozen=True, slots=True)
class BurstLoss:
    """Gilbert-Elliott: a good and a bad state, each with its own loss.

    Elliott, "Estimates of Error Rates for Codes on Burst-Noise Channels", Bell System Technical
    Journal 42 (1963). The bad state lasts 1 / `leave_ratio` packets in the mean.

    Attributes:
        enter_ratio: Chance for each packet that the good state ends before it, in [0, 1].
        leave_ratio: The same for the bad one, in (0, 1].
        bad_ratio: Share of packets lost in the bad state, in [0, 1].
        good_ratio: The same in the good one.
    """

    enter_ratio: float
    leave_ratio: float
    bad_ratio: float = 1.0
    good_ratio: float = 0.0

    def run(self, seed: int) -> LossRun:
        return _TwoStateRun(
            seed,
            self.enter_ratio,
            self.leave_ratio,
            good_ratio=self.good_ratio,
            bad_ratio=self.bad_ratio,
        )

    @property
    def mean_ratio(self) -> float:
        """Share of packets lost in the long run."""
        both = self.enter_ratio + self.leave_ratio
        bad_share = self.enter_ratio / both if both > 0 else 0.0
        return self.good_ratio + (self.bad_ratio - self.good_ratio) * bad_share


class _TwoStateRun:
    def __init__(
        self, seed: int, enter: float, leave: float, *, good_ratio: float, bad_ratio: float
    ) -> None:
        self._chance = random.Random(f"{seed}/loss").random
        self._turn = (enter, leave)
        self._lost = (good_ratio, bad_ratio)
        self._is_bad = False

    def loses(self) -> bool:
        # Two draws for each packet, whatever they say: the same packets of a seed are lost
        # whether there are bursts or not.
        if self._chance() < self._turn[self._is_bad]:
            self._is_bad = not self._is_bad
        return self._chance() < self._lost[self._is_bad]
