"""A mapping that is a value, and yet as quick as a dict where only its newest version is used.

Folds need it: a room of ten thousand must not copy a dict of ten thousand at each join.
"""

from collections.abc import Iterable, Iterator, Mapping, ValuesView
from typing import Any, Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

_MISSING: Final[Any] = object()


class PersistentDict(Mapping[K, V]):
    """Never changes; `with_item` and `without` return another one, in constant time.

    Theory of operation: one dict is shared along a line of versions and belongs to the newest
    (H. Baker, "Shallow Binding Makes Functional Arrays Fast", 1991). An older version knows only
    how it differs from the next. Who reads or extends an older one pays once for a copy of its
    own. Iterating goes over what was there when it began.

    The order is that of insertion; in an older version what was removed since may stand last.
    For one thread.
    """

    __slots__ = ("_data", "_key", "_next", "_value")

    def __init__(self, items: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        self._data: dict[K, V] | None = dict(items)
        # What the next version changed, and what was there before, if this is not the newest.
        self._next: PersistentDict[K, V] | None = None
        self._key: Any = None  # K, once there is a next one.
        self._value: Any = None  # V, or _MISSING.

    def with_item(self, key: K, value: V) -> "PersistentDict[K, V]":
        """Return this with `key` mapped to `value`."""
        data = self._own()
        after = self._pass_on(data, key)
        data[key] = value
        return after

    def without(self, key: K) -> "PersistentDict[K, V]":
        """Return this without `key`; itself if there is none."""
        data = self._own()
        if key not in data:
            return self
        after = self._pass_on(data, key)
        del data[key]
        return after

    def to_dict(self) -> dict[K, V]:
        """Return a dict of the same items."""
        return dict(self._own())

    def __getitem__(self, key: K) -> V:
        return self._own()[key]

    def __contains__(self, key: object) -> bool:
        return key in self._own()

    def __iter__(self) -> Iterator[K]:
        return iter(tuple(self._own()))

    def __len__(self) -> int:
        return len(self._own())

    def values(self) -> ValuesView[V]:
        return _Values(self)

    def __repr__(self) -> str:
        return f"PersistentDict({self._own()!r})"

    def __deepcopy__(self, memo: object) -> "PersistentDict[K, V]":
        return self  # A value: who holds it sees no change.

    def _pass_on(self, data: dict[K, V], key: K) -> "PersistentDict[K, V]":
        """Give the dict to a new version, which is about to change `key`."""
        after: PersistentDict[K, V] = PersistentDict.__new__(PersistentDict)
        after._data, after._next, after._key, after._value = data, None, None, None
        self._data, self._next = None, after
        self._key, self._value = key, data.get(key, _MISSING)
        return after

    def _own(self) -> dict[K, V]:
        """Return the dict, which an older version copies first."""
        if self._data is None:
            changes: list[tuple[K, V]] = []
            version = self
            while version._next is not None:
                changes.append((version._key, version._value))
                version = version._next
            assert version._data is not None, "the newest has it"
            data = dict(version._data)
            for key, value in reversed(changes):
                if value is _MISSING:
                    data.pop(key, None)
                else:
                    data[key] = value
            self._data = data
            self._next = self._key = self._value = None
        return self._data


class _Values(ValuesView[V]):
    """Goes over the dict itself; that of `Mapping` looks up each key."""

    _mapping: PersistentDict[Any, V]

    def __iter__(self) -> Iterator[V]:
        return iter(tuple(self._mapping._own().values()))
