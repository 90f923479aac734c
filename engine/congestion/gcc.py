"""The estimator `gcc`: delay trend, losses and probes of all viewers in one pass a tick.

After draft-ietf-rmcat-gcc-02 and the public design of libwebrtc's controller;
docs/explanation/congestion.md says what is taken from where and what is added.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..ids import TransportId
from . import acknowledged_rate, delay_trend, loss_bound, overuse, probe_results, rate_control
from .acknowledged_rate import AcknowledgedColumns
from .api import ArrivalRow, Probe, RateTarget
from .arrival_batch import ArrivalBatch, ArrivalCollector
from .delay_trend import TrendColumns
from .loss_bound import LossColumns
from .overuse import OveruseColumns
from .probe_results import ProbeColumns
from .probing import REASONS, Prober, ProbingColumns
from .rate_control import CEILING_BPS, FLOOR_BPS, RateColumns
from .remb import RembEstimator
from .table import Flags, Floats, Rows, ViewerTable

TOLD_RATIO: Final = 0.02  # A smaller change is not told,
TOLD_AGAIN_S: Final = 1.0  # but delay and loss at least so often.
AFTER_PROBE_S: Final = 0.4  # So long a queue may be the probe's own.
REMB_AFTER_S: Final = 3.0  # A REMB counts when no transport-wide feedback came for so long.


class TargetColumns:
    """What was told last; `told_bps` is the rate to pace at."""

    def __init__(self, rows: int) -> None:
        self.told_bps: Floats = np.zeros(rows)
        self.told_s: Floats = np.full(rows, -np.inf)


class GccEstimator:
    """See `Estimator` in `api`."""

    def __init__(self) -> None:
        self._trend = TrendColumns(0)
        self._overuse = OveruseColumns(0)
        self._acknowledged = AcknowledgedColumns(0)
        self._loss = LossColumns(0)
        self._rates = RateColumns(0)
        self._probes = ProbeColumns(0)
        self._plans = ProbingColumns(0)
        self._targets = TargetColumns(0)
        self._table = ViewerTable(
            self._trend,
            self._overuse,
            self._acknowledged,
            self._loss,
            self._rates,
            self._probes,
            self._plans,
            self._targets,
        )
        self._prober = Prober(self._plans, self._probes)
        self._arrivals = ArrivalCollector()
        self._remb = RembEstimator()
        self.clock_leaps = 0

    @property
    def absurd_rows(self) -> int:
        """Rows that were dropped because they cannot be true."""
        return self._arrivals.absurd_rows

    def add(self, transport_id: TransportId, now_s: float) -> None:
        if transport_id in self._table.row_of:
            self.remove(transport_id)
        row = self._table.add(transport_id)
        self._trend.base_since_s[row] = self._rates.sent_s[row] = now_s
        self._remb.add(transport_id, now_s)

    def remove(self, transport_id: TransportId) -> None:
        row = self._table.remove(transport_id)
        if row is not None:
            self._arrivals.forget(row)
            self._probes.probe_id[row] = 0
            self._remb.remove(transport_id)

    def handle_arrivals(
        self, transport_id: TransportId, rows: Sequence[ArrivalRow], now_s: float
    ) -> None:
        row = self._table.row_of.get(transport_id)
        if row is not None:
            self._arrivals.add(row, rows)

    def handle_sent(
        self, transport_id: TransportId, sent_bytes: int, is_limited: bool, now_s: float
    ) -> None:
        row = self._table.row_of.get(transport_id)
        if row is not None and sent_bytes > 0:
            rate_control.take_sent(self._rates, row, sent_bytes, now_s)

    def handle_remb(
        self, transport_id: TransportId, remb_bps: int, sent_bps: int, now_s: float
    ) -> None:
        row = self._table.row_of.get(transport_id)
        if row is not None and now_s - self._rates.heard_s[row] > REMB_AFTER_S:
            self._remb.handle_remb(transport_id, remb_bps, sent_bps, now_s)

    def handle_reception(
        self,
        transport_id: TransportId,
        lost_ratio: float,
        round_trip_s: float | None,
        now_s: float,
    ) -> None:
        row = self._table.row_of.get(transport_id)
        if row is None:
            return
        if round_trip_s is not None and 0 <= round_trip_s < 10:
            self._rates.round_trip_s[row] = round_trip_s

    def want(self, transport_id: TransportId, wanted_bps: int) -> None:
        row = self._table.row_of.get(transport_id)
        if row is not None:
            self._plans.wanted_bps[row] = min(max(wanted_bps, 0), CEILING_BPS)

    def update(self, now_s: float) -> Sequence[RateTarget]:
        batch = self._arrivals.take(now_s)
        self._take_in(batch, now_s)
        self._bound_by_losses(batch.viewers)
        self._prober.take_results(self._rates, self._trend, now_s)
        probes = dict(self._prober.plan(self._rates, self._trend, now_s))
        return [*self._tell(probes, now_s), *self._remb.update(now_s)]

    def _take_in(self, batch: ArrivalBatch, now_s: float) -> None:
        arrived = batch.viewers[batch.sums(batch.received_bytes) > 0]
        rate_control.hear(self._rates, arrived, now_s)
        acknowledged_rate.take_arrivals(self._acknowledged, batch)
        probe_results.take_arrivals(self._probes, batch, now_s)
        is_probing = batch.probe_id > 0
        rows, leaps = delay_trend.take_arrivals(self._trend, batch, now_s, is_probing)
        self.clock_leaps += leaps
        loss_bound.take_arrivals(self._loss, batch, self._trend)
        overuse.detect(self._overuse, self._trend, rows, now_s)
        has_own_queue = self._has_own_queue(now_s)
        parts = (self._trend, self._overuse, self._acknowledged, self._loss)
        rate_control.control(self._rates, parts, rows, has_own_queue, now_s)

    def _has_own_queue(self, now_s: float) -> Flags:
        """Say by row whose queue is no more than that of its own probe."""
        probes, trend = self._probes, self._trend
        is_probed = (probes.probe_id > 0) | (now_s - probes.ended_s < AFTER_PROBE_S)
        # A link that carries the rate, and no more, is behind by what the probe was faster.
        faster_s = 1 / self._rates.rate_bps - 1 / np.maximum(probes.rate_bps, FLOOR_BPS)
        own_s = overuse.STANDING_S + 8 * probes.wanted_bytes * np.maximum(faster_s, 0.0)
        beyond_s = trend.standing_s - overuse.JITTERS * trend.jitter_s
        return np.asarray(is_probed & (beyond_s < own_s))

    def _bound_by_losses(self, rows: Rows) -> None:
        bound_bps = self._loss.bound_bps[rows]
        is_bound = self._rates.rate_bps[rows] > bound_bps
        self._rates.rate_bps[rows[is_bound]] = np.maximum(bound_bps[is_bound], FLOOR_BPS)

    def _tell(self, probes: dict[int, Probe], now_s: float) -> list[RateTarget]:
        rows = self._table.used()
        silent_s = rate_control.silent_s(self._rates, rows, now_s)
        is_silent = silent_s > 0
        share = rate_control.share_while_draining(self._rates, self._trend, rows)
        rate_bps = self._rates.rate_bps[rows] * 0.5**silent_s
        pacing_bps = np.clip(rate_bps * share, FLOOR_BPS, CEILING_BPS)
        # Not the share: pictures that are switched off while a queue drains come back with key
        # frames, which fill it again.
        available_bps = np.clip(rate_bps, FLOOR_BPS, CEILING_BPS)
        targets = self._targets
        told_bps = targets.told_bps[rows]
        is_news = np.abs(pacing_bps - told_bps) > TOLD_RATIO * told_bps
        is_heard = now_s - self._rates.heard_s[rows] < TOLD_AGAIN_S
        is_news |= is_heard & (now_s - targets.told_s[rows] >= TOLD_AGAIN_S)
        is_news &= np.isfinite(self._rates.heard_s[rows])
        if probes:
            is_news |= np.isin(rows, list(probes))
        told = rows[is_news]
        targets.told_bps[told] = pacing_bps[is_news]
        targets.told_s[told] = now_s
        rates_bps = available_bps[is_news], pacing_bps[is_news]
        return self._make_targets(told, rates_bps, is_silent[is_news], probes)

    def _make_targets(
        self,
        rows: Rows,
        rates_bps: tuple[Floats, Floats],
        is_silent: Flags,
        probes: dict[int, Probe],
    ) -> list[RateTarget]:
        rates, trend = self._rates, self._trend
        available_bps, pacing_bps = rates_bps
        ids = self._table.ids
        lines = zip(
            rows.tolist(),
            available_bps.astype(np.int64).tolist(),
            pacing_bps.astype(np.int64).tolist(),
            np.maximum(trend.standing_s[rows], 0.0).tolist(),
            self._loss.lost_ratio[rows].tolist(),
            rates.round_trip_s[rows].tolist(),
            self._reasons(rows, is_silent),
            strict=True,
        )
        return [
            RateTarget(
                transport_id,
                available,
                pacing,
                probes.get(row),
                standing_s,
                lost_ratio,
                None if round_trip_s != round_trip_s else round_trip_s,
                reason,
            )
            for row, available, pacing, standing_s, lost_ratio, round_trip_s, reason in lines
            if (transport_id := ids[row]) is not None
        ]

    def _reasons(self, rows: Rows, is_silent: Flags) -> list[str]:
        rates = self._rates
        rate_bps = rates.rate_bps[rows]
        probing = self._probes.probe_id[rows] > 0
        choice = np.select(
            [
                is_silent,
                rates.is_draining[rows],
                rate_bps >= 0.99 * self._loss.bound_bps[rows],
                probing,
                self._overuse.signal[rows] == overuse.NORMAL,
            ],
            [0, 1, 2, 3 + self._plans.purpose[rows], 6],
            default=7,
        )
        names = ("silence", "overuse", "loss", *REASONS, "grow", "hold")
        return [names[index] for index in choice.tolist()]
