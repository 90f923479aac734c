"""The rows of all viewers: growable arrays, a row for each viewer, freed rows used again.

State that one subject needs stands in a class of its own, its *columns*: arrays of equal length,
made by `Columns(rows)` with the values of a new viewer. The table grows and clears them all.
"""

from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from ..ids import TransportId

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

FIRST_ROWS: Final = 16


def starts(*columns: Rows | Floats) -> Rows:
    """Return where each run of rows begins that are equal in all columns, at least one."""
    is_first = np.zeros(len(columns[0]), np.bool_)
    is_first[:1] = True
    for values in columns:
        is_first[1:] |= values[1:] != values[:-1]
    return np.flatnonzero(is_first)


def or_else(values: Floats, otherwise: float) -> Floats:
    """Return the values, and `otherwise` for those that are not known (NaN)."""
    return np.where(np.isnan(values), otherwise, values)


class Columns(Protocol):
    """Arrays as attributes, nothing else."""

    def __init__(self, rows: int) -> None: ...


class ViewerTable:
    """Which viewer has which row. All `columns` always have `capacity` rows."""

    def __init__(self, *columns: Columns) -> None:
        self._columns = columns
        # Each array with what a new viewer has in it: all of them are written at each join.
        self._cells: list[tuple[npt.NDArray[Any], Any]] = []  # Any: they differ in their types.
        self._free: list[int] = []
        self.row_of: dict[TransportId, int] = {}
        self.ids: list[TransportId | None] = []
        self.is_used: Flags = np.zeros(0, np.bool_)
        self._grow(FIRST_ROWS)

    @property
    def capacity(self) -> int:
        return len(self.ids)

    def add(self, transport_id: TransportId) -> int:
        """Give a viewer a row with the values of a new one; one that it has is cleared."""
        row = self.row_of.get(transport_id)
        if row is None:
            if not self._free:
                self._grow(2 * self.capacity)
            row = self._free.pop()
            self.row_of[transport_id] = row
            self.ids[row] = transport_id
            self.is_used[row] = True
        self._clear(row)
        return row

    def remove(self, transport_id: TransportId) -> int | None:
        """Free the row of a viewer and return it; `None`: it has none."""
        row = self.row_of.pop(transport_id, None)
        if row is not None:
            self.ids[row] = None
            self.is_used[row] = False
            self._free.append(row)
        return row

    def used(self) -> Rows:
        return np.flatnonzero(self.is_used)

    def _clear(self, row: int) -> None:
        for values, first in self._cells:
            values[row] = first

    def _grow(self, capacity: int) -> None:
        before = self.capacity
        for part in self._columns:
            for name, values in _arrays(type(part)(capacity)).items():
                old = getattr(part, name)[:before]
                values[: len(old)] = old
                setattr(part, name, values)
        self._cells = [
            (getattr(part, name), values[0])
            for part in self._columns
            for name, values in _arrays(type(part)(1)).items()
        ]
        self.is_used = np.concatenate([self.is_used, np.zeros(capacity - before, np.bool_)])
        self.ids.extend([None] * (capacity - before))
        self._free.extend(range(capacity - 1, before - 1, -1))  # The lowest is used first.


def _arrays(part: Columns) -> dict[str, npt.NDArray[Any]]:  # Any: columns differ in their types.
    return vars(part)
