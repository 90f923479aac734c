"""Which rate the losses allow: a link that loses at any rate is not cut, one that overflows is.

In the manner of libwebrtc's loss-based control of 2022 on: the last windows are explained by two
numbers, a loss that the link has anyway and a rate above which it loses the rest. Of several such
rates the likeliest counts, and one must be clearly likelier than no bound at all. The windows are
the memory: a bound stands as long as what it explains is in them.
"""

from typing import Final

import numpy as np

from .arrival_batch import ArrivalBatch
from .delay_trend import TrendColumns
from .table import Flags, Floats, Integers, Rows

WINDOW_S: Final = 0.25  # libwebrtc's least time of an observation,
PACKETS: Final = 20.0  # and so many packets: below, one lost packet would be a high loss.
MOST_WINDOW_S: Final = 2.0
WINDOWS: Final = 20  # libwebrtc's number: five seconds when much is sent.
FORGET: Final = 0.9  # Weight of a window against the next younger one; libwebrtc's.
# The bounds that are tried, as shares of the highest rate in the windows.
SHARES: Final = np.array([0.97, 0.93, 0.88, 0.82, 0.75, 0.66, 0.57, 0.48, 0.38, 0.28, 0.2])
MOST_INHERENT: Final = 0.5
# In units of log-likelihood. Losses come in bursts, which the model takes for independent; with
# 6 a link of 5 % random loss is cut less than once in ten minutes.
CLEARLY: Final = 6.0
USUAL_LOSS: Final = 0.07
DOUBT: Final = 150.0  # 20 % of loss at one and the same rate is tried with less; at all, it stands.
QUEUE_S: Final = 0.008  # More than this stood: the losses may be its overflow.
LEAST_LOSS: Final = 0.02  # The draft's and everybody's: below, losses do not matter.


class LossColumns:
    """`bound_bps` is infinite while nothing speaks for one; `lost_ratio` is of the last windows."""

    def __init__(self, rows: int) -> None:
        self.rate_bps: Floats = np.zeros((rows, WINDOWS))
        self.received: Floats = np.zeros((rows, WINDOWS))
        self.lost: Floats = np.zeros((rows, WINDOWS))
        self.queued: Floats = np.zeros((rows, WINDOWS))  # 1: a queue stood.
        self.windows: Integers = np.zeros(rows, np.int64)
        self.open_s: Floats = np.full(rows, np.nan)  # When the window before it ended.
        self.last_s: Floats = np.zeros(rows)
        self.open_bytes: Floats = np.zeros(rows)
        self.open_packets: Floats = np.zeros(rows)
        self.open_lost: Floats = np.zeros(rows)
        self.bound_bps: Floats = np.full(rows, np.inf)
        self.inherent_ratio: Floats = np.zeros(rows)
        self.lost_ratio: Floats = np.zeros(rows)


def take_arrivals(columns: LossColumns, batch: ArrivalBatch, trend: TrendColumns) -> None:
    """Count what was lost; judges anew where a window is full."""
    rows = batch.viewers
    if not len(rows):
        return
    start_s = np.minimum.reduceat(batch.send_s, batch.first)
    end_s = np.maximum.reduceat(batch.send_s, batch.first)
    fresh = np.isnan(columns.open_s[rows])
    columns.open_s[rows[fresh]] = start_s[fresh]
    columns.last_s[rows] = np.maximum(columns.last_s[rows], end_s)
    columns.open_bytes[rows] += batch.sums(batch.sent_bytes)
    columns.open_packets[rows] += batch.sums(batch.packets)
    columns.open_lost[rows] += batch.sums(batch.lost)
    span_s = columns.last_s[rows] - columns.open_s[rows]
    is_full = (span_s >= WINDOW_S) & (columns.open_packets[rows] >= PACKETS)
    is_full |= span_s >= MOST_WINDOW_S
    if is_full.any():
        full = rows[is_full]
        stands = trend.standing_s[full] > QUEUE_S
        _close(columns, full, span_s[is_full], stands)


def _close(columns: LossColumns, rows: Rows, span_s: Floats, stands: Flags) -> None:
    packets, lost = columns.open_packets[rows], columns.open_lost[rows]
    # Where nothing arrived the link was gone: that says nothing of its rate.
    says = lost < packets
    told = rows[says]
    place = columns.windows[told] % WINDOWS
    columns.rate_bps[told, place] = 8 * columns.open_bytes[told] / span_s[says]
    columns.received[told, place] = (packets - lost)[says]
    columns.lost[told, place] = lost[says]
    columns.queued[told, place] = stands[says]
    columns.windows[told] += 1
    columns.lost_ratio[rows] += 0.5 * (lost / packets - columns.lost_ratio[rows])
    columns.open_s[rows] = columns.last_s[rows]  # Without a gap: n rows have n intervals.
    columns.open_bytes[rows] = columns.open_packets[rows] = columns.open_lost[rows] = 0.0
    loses = columns.lost[told].sum(axis=1) > LEAST_LOSS * columns.received[told].sum(axis=1)
    columns.bound_bps[told[~loses]] = np.inf
    columns.inherent_ratio[told[~loses]] = 0.0
    if loses.any():
        _judge(columns, told[loses])


def _judge(columns: LossColumns, rows: Rows) -> None:
    """Find the likeliest bound for each of the rows, and the loss that it leaves unexplained."""
    rates_bps = columns.rate_bps[rows]
    age = (columns.windows[rows][:, None] - 1 - np.arange(WINDOWS)) % WINDOWS
    weight = FORGET**age
    received, lost = weight * columns.received[rows], weight * columns.lost[rows]
    highest_bps = rates_bps.max(axis=1)
    tried_bps = highest_bps[:, None] * SHARES
    none, inherent = _likelihood(np.full((len(rows), 1), np.inf), rates_bps, received, lost)
    each, inherent_of = _likelihood(tried_bps, rates_bps, received, lost)
    line = np.arange(len(rows))
    # Much loss beside a queue is rather congestion, until it shows otherwise.
    all_lost = np.maximum(lost.sum(axis=1), 1e-9)
    doubt = DOUBT * ((lost * columns.queued[rows]).sum(axis=1) / all_lost)[:, None]
    unlikely = doubt * np.maximum(inherent - USUAL_LOSS, 0.0)
    each = each - doubt * np.maximum(inherent_of - USUAL_LOSS, 0.0)
    best = each.argmax(axis=1)
    is_bound: Flags = each[line, best] > (none - unlikely)[:, 0] + CLEARLY
    columns.bound_bps[rows] = np.where(is_bound, tried_bps[line, best], np.inf)
    columns.inherent_ratio[rows] = np.where(is_bound, inherent_of[line, best], inherent[:, 0])


def _likelihood(
    bounds_bps: Floats, rates_bps: Floats, received: Floats, lost: Floats
) -> tuple[Floats, Floats]:
    """Return for each viewer and bound the log-likelihood, and the inherent loss that fits best.

    Args:
        bounds_bps: (viewers, bounds); the others are (viewers, windows), empty windows zero.
    """
    rate = rates_bps[:, None, :]
    passes = np.minimum(bounds_bps[:, :, None] / np.maximum(rate, 1.0), 1.0)
    total = (received + lost)[:, None, :]
    # What arrives is what passes times what is not lost anyway: solved by the method of moments.
    kept = received.sum(axis=1)[:, None] / np.maximum((total * passes).sum(axis=2), 1e-9)
    kept = np.clip(kept, 1.0 - MOST_INHERENT, 1.0 - 1e-4)
    arrives = kept[:, :, None] * passes
    log = received[:, None, :] * np.log(arrives) + lost[:, None, :] * np.log1p(-arrives)
    return log.sum(axis=2), 1.0 - kept
