"""What all viewers reported since the last tick, as arrays sorted by viewer.

Collecting must cost next to nothing: it happens ten thousand times a second. Everything is
checked once, here, in whole arrays: what is absurd is dropped and counted before anything else
sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from ..rtp.arrivals import ArrivalRow
from .table import Floats, Rows, starts

MAX_ROWS: Final = 256  # Of one feedback: 5 ms apart these are more than a second.
MAX_AGE_S: Final = 60.0  # Of a report; nothing sent is remembered so long.
_FIELDS: Final = len(ArrivalRow._fields)
_MOST_BYTES: Final = 1e8  # Of one row; far above any train, far below what float sums lose.


@dataclass(frozen=True, slots=True)
class ArrivalBatch:
    """Columns of the checked rows. `first` begins each viewer's part, `viewers` is whose it is."""

    owner: Rows
    send_s: Floats
    arrival_s: Floats  # NaN: nothing of it arrived.
    sent_bytes: Floats
    received_bytes: Floats
    packets: Floats
    lost: Floats
    probe_id: Floats
    first: Rows
    viewers: Rows

    def sums(self, values: Floats) -> Floats:
        """Add up for each of `viewers`."""
        return np.add.reduceat(values, self.first) if len(values) else values


class ArrivalCollector:
    """Collects between two ticks."""

    def __init__(self) -> None:
        self._rows: list[ArrivalRow] = []
        self._owners: list[int] = []
        self._counts: list[int] = []
        self.absurd_rows = 0

    def add(self, owner: int, rows: Sequence[ArrivalRow]) -> None:
        if len(rows) > MAX_ROWS:
            self.absurd_rows += len(rows) - MAX_ROWS
            rows = rows[-MAX_ROWS:]
        self._rows.extend(rows)
        self._owners.append(owner)
        self._counts.append(len(rows))

    def forget(self, owner: int) -> None:
        """Drop what a viewer that is gone reported: its row may be another's by the next tick."""
        self._owners = [-1 if known == owner else known for known in self._owners]

    def take(self, now_s: float) -> ArrivalBatch:
        """Return what was collected, and begin anew."""
        count = len(self._rows)
        values = np.fromiter(chain.from_iterable(self._rows), np.float64, count * _FIELDS)
        table = values.reshape(count, _FIELDS)
        owner = np.repeat(np.array(self._owners, np.intp), np.array(self._counts, np.intp))
        self._rows, self._owners, self._counts = [], [], []
        is_known = owner >= 0
        is_sane = _is_sane(table, now_s)
        self.absurd_rows += int(np.count_nonzero(is_known & ~is_sane))
        keep = np.flatnonzero(is_known & is_sane)
        order = keep[np.argsort(owner[keep], kind="stable")]
        return _batch(owner[order], table[order])


def _is_sane(table: Floats, now_s: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    send_s, arrival_s, sent, received, packets, lost = table.T[:6]
    with np.errstate(invalid="ignore"):  # NaN compares as false, which is what is wanted.
        sane = (send_s <= now_s + 1.0) & (send_s >= now_s - MAX_AGE_S)
        sane &= ~np.isinf(arrival_s) & ~(np.abs(arrival_s) > 1e12)
        sane &= (sent >= 0) & (sent < _MOST_BYTES) & (received >= 0) & (received <= sent)
        sane &= (packets >= 1) & (packets < _MOST_BYTES) & (lost >= 0) & (lost <= packets)
    return np.asarray(sane)


def _batch(owner: Rows, table: Floats) -> ArrivalBatch:
    first = starts(owner)
    send_s, arrival_s, sent, received, packets, lost, probe_id = table.T.copy()
    return ArrivalBatch(
        owner, send_s, arrival_s, sent, received, packets, lost, probe_id, first, owner[first]
    )
