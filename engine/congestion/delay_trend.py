"""How long packets stand in the queue of the bottleneck, and whether the queue grows.

Groups that were sent within 10 ms count as one (a burst that aggregates on the way tells nothing
by its inside). Their one-way delay has an unknown offset, the clocks' and the path's, so only two
things are read from it: its slope over the last twenty groups, and what it has above the least
delay of the last minute (draft-ietf-rmcat-gcc-02 §5.3; the trendline is libwebrtc's). The slope is
over the time of sending, so it is a ratio: 0.1 means that 10 % more is sent than the link carries.
"""

from typing import Final

import numpy as np

from .arrival_batch import ArrivalBatch
from .table import Flags, Floats, Integers, Rows, starts

GROUP_S: Final = 0.010  # Two ticks of the pacer; the draft's 5 ms would halve the window's time.
GROUPS: Final = 20  # libwebrtc's window: at 25 pictures and 50 voices a second about 0.3 s.
WINDOW_S: Final = 1.0  # Older groups of a viewer to whom little is sent say nothing of now.
STANDING_S: Final = 0.12  # A queue that was empty once in three frames does not stand.
BASE_S: Final = 30.0  # The least delay is remembered for one to two of these.
LEVEL_SLOPE: Final = 0.05
JITTER_GAIN: Final = 0.05
MOST_JITTER_S: Final = 0.03  # More is believed of no link; a queue of a tenth is overuse anyway.
LEAP_S: Final = 10.0  # No queue is so long: a clock was set, or somebody lies.
# A delay that stays above its base though the sender has stepped back is a new path, not a queue.
REBASE_S: Final = 1.5


class TrendColumns:
    """`standing_s` and `slope` are what others read; `jitter_s` is what the line leaves over."""

    def __init__(self, rows: int) -> None:
        self.send_s: Floats = np.full((rows, GROUPS), -np.inf)
        self.delay_s: Floats = np.zeros((rows, GROUPS))
        self.groups: Integers = np.zeros(rows, np.int64)
        self.last_delay_s: Floats = np.full(rows, np.nan)
        self.base_s: Floats = np.full(rows, np.inf)  # Of this period.
        self.base_before_s: Floats = np.full(rows, np.inf)  # Of the one before.
        self.base_since_s: Floats = np.zeros(rows)
        self.least_s: Floats = np.full(rows, np.inf)  # Since the queue began to stand.
        self.slope: Floats = np.zeros(rows)
        self.filled: Integers = np.zeros(rows, np.int64)
        self.standing_s: Floats = np.zeros(rows)
        self.jitter_s: Floats = np.zeros(rows)


def take_arrivals(
    columns: TrendColumns, batch: ArrivalBatch, now_s: float, is_probing: Flags
) -> tuple[Rows, int]:
    """Take in the delays; returns the viewers of whom there is news, and how many clocks leapt.

    Args:
        is_probing: By row of the batch: it belongs to a probe, whose queue is its own doing.
    """
    owner, send_s, arrival_s = _groups(batch, is_probing)
    if not len(owner):
        return owner, 0
    delay_s = arrival_s - send_s
    leaps = _find_leaps(columns, owner, delay_s)
    if len(leaps):
        # Neither what was before nor this report, which has some of both: the next begins anew.
        _restart(columns, leaps)
        stays = ~np.isin(owner, leaps)
        owner, send_s, delay_s = owner[stays], send_s[stays], delay_s[stays]
        if not len(owner):
            return owner, len(leaps)
    first = starts(owner)
    counts = np.diff(first, append=len(owner))
    viewers = owner[first]
    rank = np.arange(len(owner)) - np.repeat(first, counts)
    is_kept = rank >= np.repeat(counts, counts) - GROUPS
    rows, place = owner[is_kept], (columns.groups[owner] + rank)[is_kept] % GROUPS
    columns.send_s[rows, place] = send_s[is_kept]
    columns.delay_s[rows, place] = delay_s[is_kept]
    columns.groups[viewers] += counts
    _note_base(columns, viewers, np.minimum.reduceat(delay_s, first), now_s)
    _fit(columns, viewers)
    return viewers, len(leaps)


def rebase(columns: TrendColumns, rows: Rows) -> None:
    """Take the least delay of late for the base: the queue should have been empty long ago."""
    columns.base_s[rows] = columns.least_s[rows]
    columns.base_before_s[rows] = np.inf
    columns.least_s[rows] = np.inf


def _groups(batch: ArrivalBatch, is_probing: Flags) -> tuple[Rows, Floats, Floats]:
    keep = np.flatnonzero(~np.isnan(batch.arrival_s) & ~is_probing)
    owner, send_s = batch.owner[keep], batch.send_s[keep]
    if not len(owner):
        return owner, send_s, send_s
    bucket = np.floor(send_s / GROUP_S)
    first = starts(owner, bucket)
    return (
        owner[first],
        np.maximum.reduceat(send_s, first),
        np.maximum.reduceat(batch.arrival_s[keep], first),
    )


def _find_leaps(columns: TrendColumns, owner: Rows, delay_s: Floats) -> Rows:
    before_s = columns.last_delay_s[owner]
    same = np.flatnonzero(owner[1:] == owner[:-1]) + 1
    before_s[same] = delay_s[same - 1]
    columns.last_delay_s[owner] = delay_s  # Of several for one row the last one stays.
    return np.unique(owner[np.abs(delay_s - before_s) > LEAP_S])


def _restart(columns: TrendColumns, rows: Rows) -> None:
    columns.send_s[rows] = -np.inf
    columns.base_s[rows] = columns.base_before_s[rows] = columns.least_s[rows] = np.inf


def _note_base(columns: TrendColumns, rows: Rows, least_s: Floats, now_s: float) -> None:
    is_over = now_s - columns.base_since_s[rows] > BASE_S
    turned = rows[is_over]
    columns.base_before_s[turned] = columns.base_s[turned]
    columns.base_s[turned] = np.inf
    columns.base_since_s[turned] = now_s
    columns.base_s[rows] = np.minimum(columns.base_s[rows], least_s)
    columns.least_s[rows] = np.minimum(columns.least_s[rows], least_s)


def _fit(columns: TrendColumns, rows: Rows) -> None:
    """Lay a line through the last groups of each viewer by least squares."""
    send_s, delay_s = columns.send_s[rows], columns.delay_s[rows]
    last_s = send_s.max(axis=1)[:, None]
    age_s = last_s - send_s
    is_young = age_s < WINDOW_S
    weight = is_young.astype(np.float64)
    count = weight.sum(axis=1)
    age_s = np.where(is_young, age_s, 0.0)
    base_s = np.minimum(columns.base_s[rows], columns.base_before_s[rows])
    above_s = np.where(is_young, delay_s - base_s[:, None], 0.0)
    x = (age_s.sum(axis=1) / count)[:, None] - age_s
    x *= weight
    y = above_s - (above_s.sum(axis=1) / count)[:, None]
    y *= weight
    across = np.einsum("ij,ij->i", x, x)
    slope = np.einsum("ij,ij->i", x, y) / np.maximum(across, 1e-9)
    columns.slope[rows] = np.clip(slope, -10.0, 10.0)
    columns.filled[rows] = count.astype(np.int64)
    rest = np.maximum(np.einsum("ij,ij->i", y, y) - slope * slope * across, 0.0)
    jitter_s = np.sqrt(rest / count)
    # A queue that comes or goes is no line either: only while none does is the rest jitter.
    gain = np.where(np.abs(slope) < LEVEL_SLOPE, JITTER_GAIN, 0.0)
    columns.jitter_s[rows] += gain * (np.minimum(jitter_s, MOST_JITTER_S) - columns.jitter_s[rows])
    # By the time of arrival: behind a queue a moment of sending takes long to arrive.
    arrived_s = np.where(is_young, send_s + delay_s, -np.inf)
    is_recent = arrived_s > arrived_s.max(axis=1)[:, None] - STANDING_S
    recent = np.where(is_recent, above_s, np.inf)
    columns.standing_s[rows] = recent.min(axis=1)
