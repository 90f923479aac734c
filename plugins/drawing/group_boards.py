"""Brings what was drawn in groups of the room back to the main board, as pages named after them.

A group says at its end how much it has drawn. Its pages come when a host asks for them: what is on
them is journaled for the record only, and everybody fetches it when the page is shown, as late
joiners do; a board sent to all at once would be too much for a slow line.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from ...engine.errors import JournalError, RequestDenied
from ...engine.ids import FileId, RoomId
from ..api import HOSTS, RECORD_ONLY, Entry, PluginContext, RequestContext
from .board import (
    AuthorAddedBody,
    BoardState,
    GroupDrawnBody,
    OpenedBody,
    Page,
    PageAddedBody,
    PageBody,
)
from .entries import ClearedBody, EditedBody
from .item import Item
from .surface import Surface

ENTRY_BYTES: Final = 128 * 1024

Request = RequestContext[BoardState]


class _Summary(msgspec.Struct, frozen=True):
    """Of `breakouts.summary`, in the main room."""

    group_id: RoomId
    is_lost: bool = False
    is_readable: bool = True


_summary = msgspec.msgpack.Decoder(_Summary)


async def tell_main(context: PluginContext[BoardState]) -> None:
    """In a group that ends: tell the main room how much was drawn."""
    group_id = context.groups.own_id
    body = _drawn_of(context.state, group_id) if group_id is not None else None
    if body is not None:
        await context.groups.append(None, "group_drawn", body, audience=HOSTS)


async def look_into_lost(context: PluginContext[BoardState], entry: Entry) -> None:
    """In the main room: a group that broke down tells nothing, but its journal does.

    Args:
        entry: `breakouts.summary`, which comes of each group.
    """
    group = _summary.decode(entry.body)
    if not (group.is_lost and group.is_readable):
        return
    try:
        body = _drawn_of(await context.groups.state_of(group.group_id), group.group_id)
    except JournalError as error:
        context.log.warning("whiteboard.group_unreadable", group_id=group.group_id, code=error.code)
        return
    if body is not None:
        await context.append("group_drawn", body, audience=HOSTS)


def _drawn_of(board: BoardState, group_id: RoomId) -> GroupDrawnBody | None:
    """Say how much was drawn on a group's board; None: nothing."""
    pages = drawn_pages(board)
    if not pages or board.group is None:
        return None
    return GroupDrawnBody(
        group_id=group_id,
        name=board.group.name,
        pages=len(pages),
        things=sum(surface.table.live_items for _, surface in pages),
    )


def drawn_pages(state: BoardState) -> list[tuple[Page, Surface]]:
    """Return the pages with something on them, in order."""
    surfaces = state.drawing.surfaces
    return [
        (page, surfaces[page.page]) for page in state.pages if surfaces[page.page].table.live_items
    ]


async def show(context: Request, group_id: RoomId, *, max_pages: int, max_bytes: int) -> None:
    """Show a group's board to all; it is brought first, unless it was.

    Raises:
        RequestDenied: `whiteboard.unknown_group`, `.too_many_pages`, `.board_full`, `.no_file`,
            `groups.unknown`, `files.quota_exceeded`, `files.disk_full`.
    """
    pages = [page.page for page in context.state.pages if page.group_id == group_id]
    if not pages:
        pages = await _bring(context, group_id, max_pages=max_pages, max_bytes=max_bytes)
    if context.state.presented not in pages:
        await context.append("page_presented", PageBody(page=pages[0]))
    if not context.state.is_open:
        await context.append("opened", OpenedBody(is_open=True))


async def _bring(
    context: Request, group_id: RoomId, *, max_pages: int, max_bytes: int
) -> list[str]:
    """Add a group's pages at the end; return their names."""
    group = next((one for one in context.state.group_boards if one.group_id == group_id), None)
    if group is None:
        raise RequestDenied("No such group has drawn.", code="whiteboard.unknown_group")
    board: BoardState = await context.groups.state_of(group_id)
    drawn = drawn_pages(board)
    if len(context.state.pages) + len(drawn) > max_pages:
        raise RequestDenied(
            f"A board has at most {max_pages} pages.", code="whiteboard.too_many_pages"
        )
    size = sum(surface.table.size_bytes for _, surface in drawn)
    if context.state.drawing.size_bytes + size > max_bytes:
        raise RequestDenied(
            "The board is full; remove a page or clear one.", code="whiteboard.board_full"
        )
    await _bring_pictures(context, group_id, [surface for _, surface in drawn])
    # Nobody's identity: what a group has drawn is nobody's to undo; hosts may change it.
    author = f"group:{group_id}"
    await context.append("author_added", AuthorAddedBody(author=author))
    names = [f"{group_id}.{index}" for index in range(1, len(drawn) + 1)]
    for name, (page, surface) in zip(names, drawn, strict=True):
        await _fill(context, name, author, surface)
        body = PageAddedBody(
            page=name,
            position=len(context.state.pages),
            paper=page.paper,
            group_id=group_id,
            group_name=group.name,
            numbers_used=context.state.drawing.surfaces[name].table.numbers_used,
        )
        await context.append("page_added", body)
    return names


async def _bring_pictures(context: Request, group_id: RoomId, surfaces: list[Surface]) -> None:
    wanted = {
        FileId(placed.item.file_id)
        for surface in surfaces
        for placed in surface.table
        if placed.item.file_id
    }
    try:
        await context.groups.bring_files(group_id, sorted(wanted))
    except RequestDenied as denial:
        if denial.code != "files.unknown":
            raise
        raise RequestDenied("A picture is not there.", code="whiteboard.no_file") from None


async def _fill(context: Request, name: str, author: str, surface: Surface) -> None:
    """Draw all of a surface on one that no page has yet."""
    left_over = context.state.drawing.surfaces.get(name)
    if left_over is not None and left_over.table.live_items:  # A crash came between.
        await context.append(
            "cleared", ClearedBody(surface=name, author=author), audience=RECORD_ONLY
        )
    for items in _portions(surface):
        known: Any = context.state.drawing.surfaces.get(name)  # None: nothing is on it yet.
        body = EditedBody(
            surface=name,
            author=author,
            first_number=0 if known is None else known.table.numbers_used,
            added=items,
        )
        await context.append("edited", body, audience=RECORD_ONLY)


def _portions(surface: Surface) -> Iterator[tuple[Item, ...]]:
    portion: list[Item] = []
    size = 0
    for placed in surface.table:
        if portion and size + placed.item.size_bytes > ENTRY_BYTES:
            yield tuple(portion)
            portion, size = [], 0
        portion.append(placed.item)
        size += placed.item.size_bytes
    yield tuple(portion)
