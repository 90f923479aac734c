"""Items by number in a persistent table: a changed one shares all it can with the one before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .item import Placed

# One change copies a bucket and the row of buckets: least for 5,000 items at about their root.
BUCKET_ITEMS: Final = 64
Bucket = tuple[Placed | None, ...]


@dataclass(frozen=True, slots=True)
class ItemTable:
    """`numbers_used` is how many numbers are given; None stands where an item was removed."""

    buckets: tuple[Bucket, ...] = ()
    numbers_used: int = 0
    live_items: int = 0
    size_bytes: int = 0

    def get(self, number: int) -> Placed | None:
        """Return an item, or None if there is none or none any more."""
        if not 0 <= number < self.numbers_used:
            return None
        return self.buckets[number // BUCKET_ITEMS][number % BUCKET_ITEMS]

    def after(self, number: int) -> Iterator[Placed]:
        """Go through the items above a number, in order."""
        start = number + 1
        for index in range(start // BUCKET_ITEMS, len(self.buckets)):
            for placed in self.buckets[index]:
                if placed is not None and placed.number >= start:
                    yield placed

    def appended(self, items: Sequence[Placed]) -> "ItemTable":
        """Add items whose numbers go on from `numbers_used`."""
        if not items:
            return self
        whole = len(self.buckets) - (self.numbers_used % BUCKET_ITEMS != 0)
        tail = (self.buckets[-1] if whole < len(self.buckets) else ()) + tuple(items)
        cut = (tail[start : start + BUCKET_ITEMS] for start in range(0, len(tail), BUCKET_ITEMS))
        return ItemTable(
            buckets=(*self.buckets[:whole], *cut),
            numbers_used=self.numbers_used + len(items),
            live_items=self.live_items + len(items),
            size_bytes=self.size_bytes + sum(placed.item.size_bytes for placed in items),
        )

    def replaced(self, changes: Mapping[int, Placed | None]) -> "ItemTable":
        """Put other items, or none, at numbers that are given already."""
        by_bucket: dict[int, list[int]] = {}
        live, size = self.live_items, self.size_bytes
        for number, placed in changes.items():
            by_bucket.setdefault(number // BUCKET_ITEMS, []).append(number)
            before = self.get(number)
            live += (placed is not None) - (before is not None)
            size += _size(placed) - _size(before)
        buckets = list(self.buckets)
        for index, numbers in by_bucket.items():
            bucket = list(buckets[index])
            for number in numbers:
                bucket[number % BUCKET_ITEMS] = changes[number]
            buckets[index] = tuple(bucket)
        return ItemTable(tuple(buckets), self.numbers_used, live, size)

    def __iter__(self) -> Iterator[Placed]:
        return self.after(-1)


def table_of(items: Iterable[Placed]) -> ItemTable:
    """Make a table of items that are numbered from 0."""
    return ItemTable().appended(tuple(items))


def _size(placed: Placed | None) -> int:
    return 0 if placed is None else placed.item.size_bytes
