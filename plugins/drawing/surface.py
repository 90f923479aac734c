"""A surface that people draw on: its items, and for each author what can be undone.

Pure: each operation returns the surface after it. What somebody else has changed since is left
alone by an undo; what one has drawn oneself disappears by it, whoever moved it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from .item import Frame, Item, Placed, Style, composed
from .item_table import ItemTable

UNDO_STEPS: Final = 50  # Of one author on one surface.


class Change(NamedTuple):
    """One number before and after an operation; None: no item."""

    number: int
    before: Placed | None
    after: Placed | None

    @property
    def inverse(self) -> "Change":
        return Change(self.number, self.after, self.before)


Step = tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Steps of one author, oldest first."""

    undo: tuple[Step, ...] = ()
    redo: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Surface:
    """`histories` holds an author only from his first step on."""

    table: ItemTable = field(default_factory=ItemTable)
    histories: dict[str, History] = field(default_factory=dict)

    def edited(
        self, author: str, by: int, added: Iterable[Item], removed: Iterable[int]
    ) -> "Surface":
        """Remove items and add new ones on top, as one step."""
        start = self.table.numbers_used
        new = tuple(Placed(start + index, by, item) for index, item in enumerate(added))
        gone = self._changes((number, None) for number in removed)
        step = (*gone, *(Change(placed.number, None, placed) for placed in new))
        table = self.table.replaced({change.number: None for change in gone}).appended(new)
        return self._after(author, step, table)

    def transformed(self, author: str, numbers: Iterable[int], frame: Frame) -> "Surface":
        """Move and resize items."""
        return self._mapped(
            author,
            numbers,
            lambda item: msgspec.structs.replace(item, frame=composed(frame, item.frame)),
        )

    def restyled(self, author: str, numbers: Iterable[int], style: Style) -> "Surface":
        """Give items other looks."""
        return self._mapped(author, numbers, style.on)

    def cleared(self, author: str, only_by: int | None) -> "Surface":
        """Remove all items, or all of one author, as one step."""
        step = tuple(
            Change(placed.number, placed, None)
            for placed in self.table
            if only_by is None or placed.by == only_by
        )
        return self._after(author, step, _put(self.table, step))

    def reverted(self, author: str, *, redo: bool = False) -> tuple["Surface", Step]:
        """Undo or redo the author's newest step that still has an effect.

        Steps of which others have removed or changed everything are used up on the way.

        Returns:
            The surface, and what changed: nothing if there is no such step.
        """
        history = self.histories.get(author, History())
        steps = list(history.redo if redo else history.undo)
        done: Step = ()
        while steps and not done:
            step = steps.pop()
            wanted = step if redo else tuple(change.inverse for change in step)
            done = tuple(self._as_found(change) for change in wanted if self._fits(change))
        if redo:
            history = History(_newest(history.undo, done), tuple(steps))
        else:
            inverse = tuple(change.inverse for change in done)
            history = History(tuple(steps), _newest(history.redo, inverse))
        histories = self.histories | {author: history}
        return Surface(_put(self.table, done), histories), done

    def _as_found(self, change: Change) -> Change:
        """What is done now is what can be taken back: with the item as it is found now."""
        return change._replace(before=self.table.get(change.number))

    def _fits(self, change: Change) -> bool:
        current = self.table.get(change.number)
        if change.after is None:
            return current is not None
        return current == change.before

    def _mapped(
        self, author: str, numbers: Iterable[int], change: Callable[[Item], Item]
    ) -> "Surface":
        step = self._changes(
            (number, placed._replace(item=change(placed.item)))
            for number in numbers
            if (placed := self.table.get(number)) is not None
        )
        return self._after(author, step, _put(self.table, step))

    def _changes(self, wanted: Iterable[tuple[int, Placed | None]]) -> Step:
        return tuple(
            Change(number, before, after)
            for number, after in dict(wanted).items()
            if (before := self.table.get(number)) is not None and before != after
        )

    def _after(self, author: str, step: Step, table: ItemTable) -> "Surface":
        if not step:
            return self
        history = self.histories.get(author, History())
        history = History(undo=_newest(history.undo, step))
        return Surface(table, self.histories | {author: history})


def chunk_of(
    table: ItemTable, after: int, limit_bytes: int, *, least_items: int = 1
) -> tuple[tuple[Placed, ...], bool]:
    """Return items above a number, as many as fit, and whether these are the last ones."""
    chosen: list[Placed] = []
    size = 0
    for placed in table.after(after):
        size += placed.item.size_bytes
        if size > limit_bytes and len(chosen) >= least_items:
            return tuple(chosen), False
        chosen.append(placed)
    return tuple(chosen), True


def _put(table: ItemTable, step: Sequence[Change]) -> ItemTable:
    return table.replaced({change.number: change.after for change in step})


def _newest(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    return (*steps, step)[-UNDO_STEPS:] if step else steps
