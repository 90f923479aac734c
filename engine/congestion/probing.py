"""When to probe, and how far: at the start, back to what was good, towards what is wanted.

Probing costs a short queue, so there is a reason for each, and after each that fails the next one
waits longer. After a dip that wait is short: the former rate is usually back soon.
"""

from typing import Final

import numpy as np

from . import probe_results
from .api import Probe
from .delay_trend import TrendColumns
from .overuse import JITTERS
from .probe_results import ProbeColumns
from .rate_control import CEILING_BPS, DRAINED_S, GOOD_S, RateColumns, silent_s
from .table import Flags, Floats, Integers, Rows

START_FACTOR: Final = 3.0  # libwebrtc begins with three and six times the first rate.
STEP_FACTOR: Final = 2.0  # Further while they succeed; libwebrtc's step.
PROBE_S: Final = 0.020  # libwebrtc's 15 ms, in ticks of the pacer: four of 5 ms.
SLOW_PROBE_S: Final = 0.040  # Where the packets of so short a time are too few to tell anything.
SLOW_BPS: Final = 1_000_000
LONGER: Final = 8.0  # By so many times the jitter, which else drowns what the probe shows,
MOST_LONGER_S: Final = 0.06  # but no longer than this.
MIN_PACKETS: Final = 4
MIN_BYTES: Final = 1500  # Packets of padding are small, so slow links need not be flooded.
TESTED: Final = 0.75  # Of the rate that was to be tried.
AGAIN_S: Final = 0.25  # After one that has shown nothing.
NEXT_S: Final = 0.05  # After one that succeeded.
CALM_S: Final = 0.25  # The queue has been gone for so long.
HEARD_S: Final = 0.6  # Browsers report each 50 to 250 ms.
RECOVER_BACK_OFF: Final = 1.5
MOST_RECOVER_WAIT_S: Final = 3.0  # With two more steps the former rate is back within six seconds.
FIRST_WAIT_S: Final = 0.5
WANT_BACK_OFF: Final = 2.0
MOST_WANT_WAIT_S: Final = 5.0  # A probe that fails is 20 ms of queue: less than 1 % of the time.
RECOVERED: Final = 0.85  # Of the good rate: from here on it is reached by growing.
WANT_MARGIN: Final = 1.1

START: Final = 0
RECOVER: Final = 1
WANT: Final = 2
REASONS: Final = ("start", "recover", "want")


class ProbingColumns:
    """Plans. `wanted_bps` is NaN until a scheduler has said what it wants."""

    def __init__(self, rows: int) -> None:
        self.wanted_bps: Floats = np.full(rows, np.nan)
        self.is_starting: Flags = np.ones(rows, np.bool_)
        self.is_doubted: Flags = np.zeros(rows, np.bool_)  # The last probe failed.
        self.unconfirmed_bps: Floats = np.zeros(rows)
        self.next_s: Floats = np.full(rows, -np.inf)
        self.recover_wait_s: Floats = np.full(rows, FIRST_WAIT_S)
        self.want_wait_s: Floats = np.full(rows, FIRST_WAIT_S)
        self.purpose: Integers = np.zeros(rows, np.int64)


class Prober:
    """Plans the probes of all viewers and takes in what they showed."""

    def __init__(self, plans: ProbingColumns, probes: ProbeColumns) -> None:
        self._plans = plans
        self._probes = probes
        self._last_id = 0

    def take_results(self, rates: RateColumns, trend: TrendColumns, now_s: float) -> Rows:
        """Move the rates of those whose probe is over; returns their rows."""
        rows, measured_bps, reached = probe_results.take_finished(
            self._probes, rates.round_trip_s, trend.jitter_s, now_s
        )
        if not len(rows):
            return rows
        # Other packets may have made it slower than it was to be, or a late timer may have sent it
        # in one burst: then it has shown nothing.
        is_tested = (measured_bps >= TESTED * self._probes.rate_bps[rows]) | ~reached
        is_tested &= measured_bps > 0
        reached &= measured_bps > rates.rate_bps[rows]
        # A queue that stands already makes any measure one of that queue. What fails on a link
        # that jitters says too little, and what succeeds after a failure is to be seen twice.
        measured_bps, is_first, is_second = self._confirm(rows, reached, measured_bps)
        is_still = trend.jitter_s[rows] < 4 * probe_results.OWN_JITTER_S
        usable = ~rates.is_draining[rows] & ~is_first & (reached | is_second | is_still)
        risen = rows[usable]
        rates.rate_bps[risen] = np.maximum(rates.rate_bps[risen], measured_bps[usable])
        self._prove(rates, risen, now_s)
        fails = ~reached & is_tested & (measured_bps > 0)
        rates.capacity_bps[rows[fails]] = measured_bps[fails] / probe_results.SAFE
        rates.capacity_s[rows[fails]] = now_s
        rates.capacity_s[rows[reached]] = -np.inf  # Whatever was known, there is more now.
        self._plan_after(rows[is_tested], reached[is_tested], now_s)
        self._plans.next_s[rows[~is_tested]] = now_s + AGAIN_S
        return rows

    def _confirm(
        self, rows: Rows, reached: Flags, measured_bps: Floats
    ) -> tuple[Floats, Flags, Flags]:
        """Say who succeeds first and second after a failure; of two measures the lower counts."""
        plans = self._plans
        before_bps = plans.unconfirmed_bps[rows]
        is_second = (before_bps > 0) & (measured_bps > 0)
        is_first = reached & plans.is_doubted[rows] & ~is_second
        plans.unconfirmed_bps[rows] = np.where(is_first, measured_bps, 0.0)
        plans.is_doubted[rows] = ~reached | is_first
        lower_bps = np.minimum(before_bps, measured_bps)
        return np.where(is_second, lower_bps, measured_bps), is_first, is_second

    def _prove(self, rates: RateColumns, rows: Rows, now_s: float) -> None:
        rates.proved_bps[rows] = rates.rate_bps[rows]
        rates.proved_s[rows] = now_s

    def plan(
        self, rates: RateColumns, trend: TrendColumns, now_s: float
    ) -> list[tuple[int, Probe]]:
        """Start what is due; returns (row, probe)."""
        rows = self._ready(rates, trend, now_s)
        if not len(rows):
            return []
        goal_bps, purpose = self._goals(rates, rows, now_s)
        rate_bps = rates.rate_bps[rows]
        due = goal_bps > rate_bps * 1.02
        rows, goal_bps, purpose = rows[due], goal_bps[due], purpose[due]
        if not len(rows):
            return []
        duration_s = np.where(goal_bps < SLOW_BPS, SLOW_PROBE_S, PROBE_S)
        longer_s = np.maximum(trend.jitter_s[rows] - probe_results.OWN_JITTER_S / 2, 0.0)
        duration_s += np.minimum(LONGER * longer_s, MOST_LONGER_S)
        wanted = np.maximum(goal_bps * duration_s / 8, MIN_BYTES)
        ids = self._last_id + 1 + np.arange(len(rows))
        self._last_id += len(rows)
        self._plans.purpose[rows] = purpose
        probe_results.start(self._probes, rows, ids, goal_bps, wanted, now_s)
        return [
            (row, Probe(probe_id, round(bps), MIN_PACKETS, round(size), 8 * size / bps))
            for row, probe_id, bps, size in zip(
                rows.tolist(), ids.tolist(), goal_bps.tolist(), wanted.tolist(), strict=True
            )
        ]

    def _ready(self, rates: RateColumns, trend: TrendColumns, now_s: float) -> Rows:
        rows = np.flatnonzero(
            (now_s >= self._plans.next_s)
            & (self._probes.probe_id == 0)
            & ~rates.is_draining
            & (now_s - rates.drained_s >= CALM_S)
            & (now_s - rates.heard_s < HEARD_S)
        )
        queue_s = trend.standing_s[rows] - JITTERS * trend.jitter_s[rows]
        is_calm = (queue_s < 2 * DRAINED_S) & (silent_s(rates, rows, now_s) == 0)
        return np.asarray(rows[is_calm])

    def _goals(self, rates: RateColumns, rows: Rows, now_s: float) -> tuple[Floats, Integers]:
        """Return for each of the rows the rate to be tried, 0 for none, and what for."""
        rate_bps = rates.rate_bps[rows]
        wanted_bps = self._plans.wanted_bps[rows]
        # Until a scheduler has spoken, the link is to be known as far as it goes.
        limit_bps = np.where(np.isnan(wanted_bps), CEILING_BPS, WANT_MARGIN * wanted_bps)
        is_starting = self._plans.is_starting[rows]
        good_bps = rates.good_bps[rows]
        recovers = (now_s - rates.good_s[rows] < GOOD_S) & (rate_bps < RECOVERED * good_bps)
        recovers &= ~is_starting
        goal_bps = np.where(recovers, np.minimum(good_bps, limit_bps), limit_bps)
        step = np.where(is_starting, START_FACTOR, STEP_FACTOR)
        goal_bps = np.minimum(goal_bps, step * rate_bps)
        purpose = np.where(is_starting, START, np.where(recovers, RECOVER, WANT))
        return np.minimum(goal_bps, CEILING_BPS), purpose

    def _plan_after(self, rows: Rows, reached: Flags, now_s: float) -> None:
        plans = self._plans
        purpose = plans.purpose[rows]
        plans.is_starting[rows[~reached]] = False
        good = rows[reached]
        plans.next_s[good] = now_s + NEXT_S
        plans.recover_wait_s[good] = plans.want_wait_s[good] = FIRST_WAIT_S
        again = rows[~reached & (purpose == RECOVER)]
        plans.next_s[again] = now_s + plans.recover_wait_s[again]
        plans.recover_wait_s[again] = np.minimum(
            plans.recover_wait_s[again] * RECOVER_BACK_OFF, MOST_RECOVER_WAIT_S
        )
        other = rows[~reached & (purpose != RECOVER)]
        plans.next_s[other] = now_s + plans.want_wait_s[other]
        plans.want_wait_s[other] = np.minimum(
            plans.want_wait_s[other] * WANT_BACK_OFF, MOST_WANT_WAIT_S
        )
