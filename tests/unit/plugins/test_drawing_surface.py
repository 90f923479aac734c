"""A surface: items in a table that shares what it can, and an undo that harms nobody else."""

import pytest

from emporion.plugins.drawing.item import Item, Placed, Style, check_item, composed
from emporion.plugins.drawing.item_table import BUCKET_ITEMS, ItemTable, table_of
from emporion.plugins.drawing.points import (
    MAX_COORDINATE,
    MalformedPoints,
    decode_points,
    encode_points,
)
from emporion.plugins.drawing.surface import UNDO_STEPS, Surface, chunk_of

LINE = Item(kind="line", points=encode_points([0, 0, 100, 100]))
OVAL = Item(kind="ellipse", points=encode_points([5, 5, 50, 60]))


def drawn(*items: Item, author: str = "ana", by: int = 0) -> Surface:
    surface = Surface()
    for item in items:
        surface = surface.edited(author, by, [item], [])
    return surface


def numbers(surface: Surface) -> list[int]:
    return [placed.number for placed in surface.table]


@pytest.mark.parametrize(
    "points", [[], [0, 0], [1, -1, 63, 64, -64, -65, 8191, 8192, 60_000, -60_000]]
)
def test_points_come_back_as_they_were(points: list[int]) -> None:
    assert decode_points(encode_points(points)) == points


def test_a_small_step_takes_two_bytes() -> None:
    assert len(encode_points([0, 0, 40, -40, 80, -20])) == 6


@pytest.mark.parametrize(
    "data",
    [b"\x80", b"\x02", b"\x80\x80\x80\x01\x00", encode_points([MAX_COORDINATE + 1, 0])],
)
def test_broken_points_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedPoints):
        decode_points(data)


@pytest.mark.parametrize(
    "item",
    [
        Item(kind="pen", points=b""),
        Item(kind="line", points=encode_points([1, 2])),
        Item(kind="pen", points=encode_points([1, 2]), pressures=b"\x01\x02"),
        Item(kind="text", points=encode_points([1, 2, 3, 4]), text="  "),
        Item(kind="image", points=encode_points([1, 2, 3, 4])),
        Item(kind="pen", points=encode_points([1, 2]), file_id="FI_1"),
        Item(kind="pen", points=encode_points([1, 2]), frame=(0.0, 1.0, 0.0, 0.0)),
    ],
)
def test_malformed_items_are_refused(item: Item) -> None:
    with pytest.raises(MalformedPoints):
        check_item(item)


def test_frames_compose_from_the_inside_out() -> None:
    move, grow = (1.0, 1.0, 10.0, 20.0), (2.0, 3.0, 0.0, 0.0)
    assert composed(grow, move) == (2.0, 3.0, 20.0, 60.0)
    assert composed(move, grow) == (2.0, 3.0, 10.0, 20.0)


def test_table_finds_replaces_and_goes_on_over_its_buckets() -> None:
    count = 2 * BUCKET_ITEMS + 3
    table = ItemTable()
    for number in range(count):
        table = table.appended([Placed(number, 0, LINE)])
    assert table == table_of(Placed(number, 0, LINE) for number in range(count))
    changed = table.replaced({1: None, BUCKET_ITEMS: Placed(BUCKET_ITEMS, 0, OVAL)})
    assert table.get(1) is not None, "the table before is as it was"
    assert changed.get(1) is None
    assert changed.get(count) is None
    assert changed.live_items == count - 1
    assert next(changed.after(BUCKET_ITEMS - 1)).item is OVAL
    assert [placed.number for placed in changed.after(count - 3)] == [count - 2, count - 1]
    assert changed.buckets[2] is table.buckets[2], "what did not change is shared"
    cleared = changed.replaced(dict.fromkeys(range(count)))
    assert (cleared.live_items, cleared.size_bytes, list(cleared)) == (0, 0, [])
    assert cleared.appended([Placed(count, 0, LINE)]).get(count) is not None


def test_undo_and_redo_of_each_kind_of_step() -> None:
    surface = drawn(LINE, OVAL)
    steps = [
        surface.transformed("ana", [0], (1.0, 1.0, 5.0, 5.0)),
        surface.restyled("ana", [0, 1], Style(ink=3)),
        surface.cleared("ana", None),
        surface.edited("ana", 0, [OVAL, LINE], [0]),
    ]
    for after in steps:
        undone, step = after.reverted("ana")
        assert [*undone.table] == [*surface.table]
        assert step
        redone, _ = undone.reverted("ana", redo=True)
        assert [*redone.table] == [*after.table]


def test_each_author_undoes_his_own() -> None:
    surface = drawn(LINE, author="ana").edited("li", 1, [OVAL], [])
    undone, _ = surface.reverted("ana")
    assert numbers(undone) == [1]
    assert undone.reverted("mo") == (undone.reverted("mo")[0], ())


def test_what_others_have_changed_since_is_left_alone() -> None:
    surface = drawn(LINE).transformed("ana", [0], (1.0, 1.0, 5.0, 5.0))
    surface = surface.transformed("li", [0], (1.0, 1.0, 7.0, 7.0))
    undone, step = surface.reverted("ana")
    assert numbers(undone) == [], "the move cannot be taken back any more; the drawing can"
    assert [change.number for change in step] == [0]
    redone, _ = undone.reverted("ana", redo=True)
    assert [*redone.table] == [*surface.table], "it comes back where it was when it went"


def test_what_others_have_removed_stays_removed() -> None:
    surface = drawn(LINE).edited("li", 1, [], [0])
    undone, step = surface.reverted("ana")
    assert (numbers(undone), step) == ([], ())
    assert undone.reverted("ana") == (undone, ())


def test_a_new_step_forgets_what_could_be_redone() -> None:
    surface, _ = drawn(LINE).reverted("ana")
    surface = surface.edited("ana", 0, [OVAL], [])
    assert surface.reverted("ana", redo=True)[1] == ()


def test_undo_goes_back_so_far_and_no_farther() -> None:
    surface = drawn(*[LINE] * (UNDO_STEPS + 5))
    for _ in range(UNDO_STEPS):
        surface, step = surface.reverted("ana")
        assert step
    assert numbers(surface) == [0, 1, 2, 3, 4]
    assert surface.reverted("ana")[1] == ()


def test_only_ones_own_is_cleared() -> None:
    surface = drawn(LINE).edited("li", 1, [OVAL], [])
    assert numbers(surface.cleared("li", 1)) == [0]


def test_words_are_only_given_to_what_has_words() -> None:
    note = Item(kind="note", points=encode_points([0, 0, 9, 9]), text="one")
    surface = drawn(LINE, note).restyled("ana", [0, 1], Style(text="two"))
    assert [placed.item.text for placed in surface.table] == ["", "two"]


def test_chunks_hold_all_items_in_order() -> None:
    surface = drawn(*[LINE] * 300)
    after, found, chunks, is_last = -1, [], 0, False
    while not is_last:
        items, is_last = chunk_of(surface.table, after, 5_000)
        after = items[-1].number
        found += [placed.number for placed in items]
        chunks += 1
    assert found == list(range(300))
    assert chunks > 2


def test_a_chunk_has_at_least_one_item() -> None:
    items, is_last = chunk_of(drawn(LINE, LINE).table, -1, 1)
    assert (len(items), is_last) == (1, False)
