"""The rate of each viewer: up while nothing stands against it, down to what the link carries.

States as in draft-ietf-rmcat-gcc-02 §5.5: increase, hold, decrease. What is added is that the
queue is known: after a decrease less is spent than the link carries until the queue is gone
(*draining*), in proportion to its length, and the rate itself goes to what is seen to arrive while
the queue stands, which is exactly what the link carries.
"""

import math
from typing import Final

import numpy as np

from .acknowledged_rate import AcknowledgedColumns
from .api import START_BPS
from .delay_trend import REBASE_S, TrendColumns, rebase
from .loss_bound import QUEUE_S, LossColumns
from .overuse import JITTERS, NORMAL, OVERUSE, OveruseColumns
from .table import Flags, Floats, Rows, or_else

FLOOR_BPS: Final = 50_000.0  # One voice with its headers; below there is nothing to decide.
CEILING_BPS: Final = 100e6
BACK_OFF: Final = 0.9  # Of what arrives. The draft's 0.85 must drain as well; here draining does.
IDLE: Final = 0.8  # Less than this share of the rate is sent,
IDLE_MARGIN: Final = 1.05  # which the rate then falls to, with a little more.
UNKNOWN_BACK_OFF: Final = 0.85
GROWTH: Final = 1.08  # A second: the draft's.
FREE_GROWTH: Final = 1.25  # While no queue at all is seen, and the capacity is not known.
NEAR: Final = 0.15  # Within this of the known capacity growth is additive,
NEAR_BPS_PER_S: Final = 40_000.0  # a packet for each response time, as the draft says,
NEAR_GROWTH: Final = 0.05  # or this share, where the rate is high: the queue is watched.
FORGET_CAPACITY_S: Final = 15.0
PASSED: Final = 1.05
LOSING: Final = 0.03  # Beside a queue, and more than the link loses anyway: no time to grow.
SENT_S: Final = 0.5  # Time constant of the rate at which is sent.
LEAST_STEP_S: Final = 0.005
LEAP: Final = 1.25  # Not above so much of what arrives; the draft has 1.5, but here is probed,
LEAP_BPS: Final = 10_000.0
RESPONSE_S: Final = 0.1  # Beside the round trip: until a decrease can be seen.
DRAINED_S: Final = 0.010  # A queue beyond the jitter that counts as none.
SHORT_QUEUE_S: Final = 0.030  # Goes away by the decrease alone.
DRAIN_S: Final = 0.5  # In what time a queue should be gone,
LEAST_DRAIN: Final = 0.35  # but speech and the smallest picture still pass.
# The link is out: browsers report each 50 to 250 ms, but where a small machine starts its encoders
# there are gaps. Then half as much is spent with each second more.
SILENCE_S: Final = 1.5
GOOD_S: Final = 90.0  # So long a former rate is worth a try.


class RateColumns:
    """`rate_bps` is the estimate itself; `good_bps` what was good before the last dip."""

    def __init__(self, rows: int) -> None:
        self.rate_bps: Floats = np.full(rows, START_BPS)
        self.grew_s: Floats = np.full(rows, np.nan)
        self.fell_s: Floats = np.full(rows, -np.inf)
        self.is_draining: Flags = np.zeros(rows, np.bool_)
        self.drain_since_s: Floats = np.zeros(rows)
        self.drained_s: Floats = np.full(rows, -np.inf)
        self.capacity_bps: Floats = np.full(rows, np.nan)
        self.capacity_s: Floats = np.full(rows, -np.inf)
        self.good_bps: Floats = np.zeros(rows)
        self.good_s: Floats = np.full(rows, -np.inf)
        self.proved_bps: Floats = np.zeros(rows)  # By a probe.
        self.proved_s: Floats = np.full(rows, -np.inf)
        self.round_trip_s: Floats = np.full(rows, np.nan)
        self.sent_bps: Floats = np.zeros(rows)
        self.sent_s: Floats = np.zeros(rows)  # Until when that is known.
        self.heard_s: Floats = np.full(rows, -np.inf)  # When something was last said to arrive.
        self.waiting_s: Floats = np.full(rows, np.inf)  # Since when something sent is unanswered.


def control(
    columns: RateColumns,
    parts: tuple[TrendColumns, OveruseColumns, AcknowledgedColumns, LossColumns],
    rows: Rows,
    is_probing: Flags,
    now_s: float,
) -> None:
    """Move the rates of `rows`, of whose delays there is news.

    Args:
        is_probing: By row of the table: a probe is on its way, whose queue is its own doing.
    """
    trend, overuse, acknowledged, loss = parts
    signal = overuse.signal[rows].copy()
    signal[is_probing[rows] & (signal == OVERUSE)] = NORMAL
    response_s = RESPONSE_S + or_else(columns.round_trip_s[rows], 0.1)
    may_fall = now_s - columns.fell_s[rows] >= response_s
    falls = (signal == OVERUSE) & may_fall
    _fall(columns, trend, acknowledged, rows[falls], now_s)
    _drain(columns, trend, rows, now_s)
    queue_s = trend.standing_s[rows] - JITTERS * trend.jitter_s[rows]
    # The draft holds while a queue drains; here the queue itself is asked.
    grows = (signal != OVERUSE) & ~columns.is_draining[rows] & (queue_s < 2 * DRAINED_S)
    grows &= ~(
        (trend.standing_s[rows] > QUEUE_S)
        & (loss.lost_ratio[rows] > loss.inherent_ratio[rows] + LOSING)
    )
    grows &= now_s - columns.fell_s[rows] >= response_s
    _grow(columns, acknowledged, rows[grows], queue_s[grows], now_s)
    columns.grew_s[rows] = now_s


def share_while_draining(columns: RateColumns, trend: TrendColumns, rows: Rows) -> Floats:
    """Return which share of the rate is to be spent, so that the queue is gone in `DRAIN_S`."""
    queue_s = np.maximum(trend.standing_s[rows] - JITTERS * trend.jitter_s[rows], 0.0)
    share = np.clip(1.0 - (queue_s - SHORT_QUEUE_S) / DRAIN_S, LEAST_DRAIN, 1.0)
    return np.where(columns.is_draining[rows], share, 1.0)


def hear(columns: RateColumns, rows: Rows, now_s: float) -> None:
    """Note that something is said to have arrived."""
    columns.heard_s[rows] = now_s
    columns.waiting_s[rows] = np.inf


def take_sent(columns: RateColumns, row: int, sent_bytes: int, now_s: float) -> None:
    """Take in what was sent to one viewer since the last call for it."""
    step_s = max(now_s - float(columns.sent_s[row]), LEAST_STEP_S)
    columns.sent_s[row] = now_s
    kept = math.exp(-step_s / SENT_S)
    columns.sent_bps[row] = kept * columns.sent_bps[row] + (1 - kept) * 8 * sent_bytes / step_s
    if columns.waiting_s[row] > now_s:
        columns.waiting_s[row] = now_s


def silent_s(columns: RateColumns, rows: Rows, now_s: float) -> Floats:
    """Return for how long too long nothing is heard of viewers to whom something was sent."""
    patience_s = SILENCE_S + or_else(columns.round_trip_s[rows], 0.1)
    over_s = np.maximum(now_s - columns.waiting_s[rows] - patience_s, 0.0)
    return np.asarray(np.where(np.isfinite(columns.heard_s[rows]), over_s, 0.0))


def remember(columns: RateColumns, rows: Rows, arriving_bps: Floats, now_s: float) -> None:
    """Keep the rates that were seen as those to come back to, unless better ones are remembered."""
    is_proved = now_s - columns.proved_s[rows] < GOOD_S
    seen_bps = np.where(is_proved, columns.proved_bps[rows], 0.0)
    seen_bps = np.fmax(seen_bps, 1.1 * arriving_bps)
    seen_bps = np.minimum(seen_bps, columns.rate_bps[rows])
    is_old = now_s - columns.good_s[rows] > GOOD_S
    kept_bps = np.where(is_old, 0.0, columns.good_bps[rows])
    is_better = seen_bps >= kept_bps
    columns.good_bps[rows] = np.maximum(kept_bps, seen_bps)
    columns.good_s[rows] = np.where(is_better, now_s, columns.good_s[rows])


def _fall(
    columns: RateColumns,
    trend: TrendColumns,
    acknowledged: AcknowledgedColumns,
    rows: Rows,
    now_s: float,
) -> None:
    if not len(rows):
        return
    remember(columns, rows, acknowledged.long_bps[rows], now_s)
    before_bps = columns.rate_bps[rows]
    arriving_bps = acknowledged.short_bps[rows]
    is_known = np.isfinite(arriving_bps)
    # What arrives is what the link carries only if as much was sent: else the first step is to what
    # is spent anyway, and the next one, if it must come, goes below.
    is_idle = columns.sent_bps[rows] < IDLE * before_bps
    factor = np.where(is_idle, IDLE_MARGIN, BACK_OFF)
    fallen_bps = np.where(is_known, factor * arriving_bps, UNKNOWN_BACK_OFF * before_bps)
    columns.rate_bps[rows] = np.maximum(np.minimum(before_bps, fallen_bps), FLOOR_BPS)
    columns.capacity_bps[rows] = np.where(is_known, arriving_bps, columns.capacity_bps[rows])
    columns.capacity_s[rows] = now_s
    columns.fell_s[rows] = now_s
    fresh = rows[~columns.is_draining[rows]]
    columns.is_draining[fresh] = True
    columns.drain_since_s[fresh] = now_s
    trend.least_s[fresh] = np.inf


def _drain(columns: RateColumns, trend: TrendColumns, rows: Rows, now_s: float) -> None:
    """End the draining of those whose queue is gone, or is none."""
    draining = rows[columns.is_draining[rows]]
    if not len(draining):
        return
    waited_s = now_s - columns.drain_since_s[draining]
    is_no_queue = (waited_s > REBASE_S) & (np.abs(trend.slope[draining]) < 0.02)
    rebase(trend, draining[is_no_queue])
    columns.drain_since_s[draining[is_no_queue]] = now_s
    queue_s = trend.standing_s[draining] - JITTERS * trend.jitter_s[draining]
    gone = draining[(queue_s < DRAINED_S) | is_no_queue]
    columns.is_draining[gone] = False
    columns.drained_s[gone] = now_s


def _grow(
    columns: RateColumns,
    acknowledged: AcknowledgedColumns,
    rows: Rows,
    queue_s: Floats,
    now_s: float,
) -> None:
    before_bps = columns.rate_bps[rows]
    step_s = or_else(np.minimum(now_s - columns.grew_s[rows], 0.25), 0.0)
    capacity_bps = columns.capacity_bps[rows]
    # What arrives without a queue is less than the capacity, so what is known is out of date.
    is_passed = (queue_s < DRAINED_S / 2) & (acknowledged.long_bps[rows] > PASSED * capacity_bps)
    columns.capacity_s[rows[is_passed]] = -np.inf
    is_known = now_s - columns.capacity_s[rows] < FORGET_CAPACITY_S
    is_near = is_known & (np.abs(before_bps / capacity_bps - 1.0) < NEAR)
    is_free = ~is_known & (queue_s < DRAINED_S / 2)
    factor = np.where(is_free, FREE_GROWTH, GROWTH) ** step_s
    near_bps = np.maximum(NEAR_BPS_PER_S, NEAR_GROWTH * before_bps)
    grown_bps = np.where(is_near, before_bps + near_bps * step_s, before_bps * factor)
    # Where little is sent nothing is learnt: the rate is not raised, and not lowered either. What
    # is lost was sent as well, and reports are lost, too; but half of it must be seen to arrive.
    arriving_bps = acknowledged.long_bps[rows]
    arriving_bps = np.clip(columns.sent_bps[rows], arriving_bps, 2 * arriving_bps)
    limit_bps = or_else(LEAP * arriving_bps + LEAP_BPS, 0.0)
    columns.rate_bps[rows] = np.maximum(before_bps, np.minimum(grown_bps, limit_bps))
