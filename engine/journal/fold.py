"""A fold: the pure function that makes a state out of entries, live and in every replay."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from .entry import Entry

S = TypeVar("S")


class Fold(Protocol[S]):
    """Pure: the same entries give the same state, whoever asks and whenever."""

    def initial(self) -> S:
        """Return the state before the first entry."""
        ...

    def apply(self, state: S, entry: Entry) -> S:
        """Return the state after `entry`; an unknown kind returns `state` as it is."""
        ...


def fold_entries(fold: Fold[S], entries: Iterable[Entry], state: S | None = None) -> S:
    """Apply entries in order, to the initial state if none is given."""
    current = fold.initial() if state is None else state
    for entry in entries:
        current = fold.apply(current, entry)
    return current
