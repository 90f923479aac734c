"""Is more sent than the link carries? The detector of draft-ietf-rmcat-gcc-02 §5.4, and a queue.

The slope is compared with a threshold that adapts to what is usual on this link (its steps are the
draft's and libwebrtc's). Since the base delay is known as well, a slope alone is not overuse: some
queue must stand, or it is the jitter of a radio link; and a long queue is overuse whatever its
slope, unless it is getting shorter fast enough.
"""

from typing import Final

import numpy as np

from .delay_trend import TrendColumns
from .table import Flags, Floats, Integers, Rows

GAIN_MS: Final = 240.0  # libwebrtc: 60 deltas × gain 4; a slope of 0.05 meets the first threshold.
FIRST_THRESHOLD: Final = 12.5
LEAST_THRESHOLD: Final = 6.0
MOST_THRESHOLD: Final = 100.0  # libwebrtc has 600: a jittering link could hide any overuse.
RISE: Final = 0.0087  # For each ms; libwebrtc's k_up,
FALL: Final = 0.039  # and k_down.
OUTLIER: Final = 15.0  # Farther off than this teaches the threshold nothing.
MOST_STEP_MS: Final = 100.0
REPORT_S: Final = 0.25  # The longest time between two reports of a browser.
OVERUSE_S: Final = 0.010  # So long above the threshold, and twice,
STANDING_S: Final = 0.012  # while this much stands beyond the jitter.
JITTERS: Final = 2.0  # What jitter leaves of a queue that is empty, in its own deviations.
SURE_S: Final = 0.050  # With this much the first time is enough.
LONG_S: Final = 0.080  # And this much is too much,
GONE_S: Final = 0.5  # unless it will be gone in so long.
SHORT_S: Final = 0.020  # This much is too much when it stays so,
PATIENCE_S: Final = 0.4  # for so long: at a rate that just fits a queue never goes away.
DRAINING_SLOPE: Final = -0.05

UNDERUSE: Final = -1
NORMAL: Final = 0
OVERUSE: Final = 1


class OveruseColumns:
    """`signal` is one of the three constants above."""

    def __init__(self, rows: int) -> None:
        self.threshold: Floats = np.full(rows, FIRST_THRESHOLD)
        self.above_s: Floats = np.zeros(rows)
        self.standing_s: Floats = np.zeros(rows)
        self.times: Integers = np.zeros(rows, np.int64)
        self.seen_s: Floats = np.full(rows, -np.inf)
        self.signal: Integers = np.zeros(rows, np.int64)


def detect(columns: OveruseColumns, trend: TrendColumns, rows: Rows, now_s: float) -> None:
    """Set the signal of `rows`, of whose delays there is news."""
    slope, standing_s = trend.slope[rows], trend.standing_s[rows]
    beyond_s = standing_s - JITTERS * trend.jitter_s[rows]
    value = GAIN_MS * slope * np.minimum(trend.filled[rows] / 10.0, 1.0)
    since_s = np.minimum(now_s - columns.seen_s[rows], REPORT_S)
    step_s = np.minimum(since_s, MOST_STEP_MS / 1000)
    columns.seen_s[rows] = now_s
    is_steep = (value > columns.threshold[rows]) & (beyond_s > STANDING_S)
    columns.above_s[rows] = np.where(is_steep, columns.above_s[rows] + step_s, 0.0)
    columns.times[rows] = np.where(is_steep, columns.times[rows] + 1, 0)
    is_over = (columns.above_s[rows] > OVERUSE_S) & (columns.times[rows] > 1)
    is_over |= is_steep & (beyond_s > SURE_S)
    columns.standing_s[rows] = np.where(
        (beyond_s > SHORT_S) & (slope > DRAINING_SLOPE), columns.standing_s[rows] + since_s, 0.0
    )
    is_over |= columns.standing_s[rows] > PATIENCE_S
    is_over |= (beyond_s > LONG_S) & (beyond_s > -slope * GONE_S)
    is_under = value < -columns.threshold[rows]
    columns.signal[rows] = np.where(is_over, OVERUSE, np.where(is_under, UNDERUSE, NORMAL))
    _adapt(columns, rows, np.abs(value), 1000 * step_s)


def _adapt(columns: OveruseColumns, rows: Rows, size: Floats, step_ms: Floats) -> None:
    threshold = columns.threshold[rows]
    gain = np.where(size > threshold, RISE, FALL)
    adapted = np.clip(
        threshold + gain * (size - threshold) * step_ms, LEAST_THRESHOLD, MOST_THRESHOLD
    )
    is_usual: Flags = size < threshold + OUTLIER
    columns.threshold[rows] = np.where(is_usual, adapted, threshold)
