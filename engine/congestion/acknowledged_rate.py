"""How much arrives at each viewer: bytes by the receiver's clock, over a short and a long window.

The short one is for the moment of overuse: while a queue stands, what arrives is what the link
carries. The long one is for growth: a rate is not raised far above what was seen to arrive.
"""

from typing import Final

import numpy as np

from .arrival_batch import ArrivalBatch
from .table import Floats, Integers, Rows

SHORT_S: Final = 0.2  # Five frames; libwebrtc's window of the same use has 0.15 s.
LONG_S: Final = 0.6
POINTS: Final = 24  # At a report each 50 ms more than a second.


class AcknowledgedColumns:
    """A ring of (arrival, bytes so far) for each viewer; the sums restart with the row."""

    def __init__(self, rows: int) -> None:
        self.time_s: Floats = np.full((rows, POINTS), -np.inf)
        self.total_bytes: Floats = np.zeros((rows, POINTS))
        self.points: Integers = np.zeros(rows, np.int64)
        self.short_bps: Floats = np.full(rows, np.nan)
        self.long_bps: Floats = np.full(rows, np.nan)


def take_arrivals(columns: AcknowledgedColumns, batch: ArrivalBatch) -> None:
    """Count what arrived. A report whose times do not go on adds its bytes to the next one's."""
    viewers = batch.viewers
    if not len(viewers):
        return
    received = batch.sums(batch.received_bytes)
    arrival_s = np.fmax.reduceat(batch.arrival_s, batch.first)
    points = columns.points[viewers]
    last = (points - 1) % POINTS
    last_s = columns.time_s[viewers, last]
    total = columns.total_bytes[viewers, last] + received
    # The first report has no earlier one to be measured against, a leap of clocks neither.
    leaps = ~(np.abs(arrival_s - last_s) < 10.0) & (received > 0)
    _restart(columns, viewers[leaps], arrival_s[leaps])
    goes_on = ~leaps & (arrival_s > last_s)
    columns.total_bytes[viewers[~leaps & ~goes_on], last[~leaps & ~goes_on]] += received[
        ~leaps & ~goes_on
    ]
    rows = viewers[goes_on]
    place = points[goes_on] % POINTS
    columns.time_s[rows, place] = arrival_s[goes_on]
    columns.total_bytes[rows, place] = total[goes_on]
    columns.points[rows] += 1
    _measure(columns, rows)


def _restart(columns: AcknowledgedColumns, rows: Rows, arrival_s: Floats) -> None:
    columns.time_s[rows] = -np.inf
    columns.time_s[rows, 0] = arrival_s
    columns.total_bytes[rows] = 0.0
    columns.points[rows] = 1
    columns.short_bps[rows] = columns.long_bps[rows] = np.nan


def _measure(columns: AcknowledgedColumns, rows: Rows) -> None:
    """Divide the bytes since the newest point that is a window old by the time since then."""
    times, totals = columns.time_s[rows], columns.total_bytes[rows]
    each = np.arange(len(rows))
    last = (columns.points[rows] - 1) % POINTS
    age_s = times[each, last][:, None] - times
    since_bytes = totals[each, last][:, None] - totals
    is_known = np.isfinite(age_s)
    oldest = np.where(is_known, age_s, -1.0).argmax(axis=1)
    for window_s, rates in ((SHORT_S, columns.short_bps), (LONG_S, columns.long_bps)):
        # Of the points old enough the youngest; while there is none, the oldest that is known.
        is_old = is_known & (age_s >= window_s)
        youngest = np.where(is_old, age_s, np.inf).argmin(axis=1)
        begin = np.where(is_old[each, youngest], youngest, oldest)
        span_s, arrived = age_s[each, begin], since_bytes[each, begin]
        enough = span_s >= window_s / 2
        rates[rows] = np.where(enough, 8 * arrived / np.maximum(span_s, 1e-3), np.nan)
