"""The state of the whiteboard: pages in order, which one is presented, and who may draw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import msgspec

from ...engine.ids import RoomId
from ..api import Entry
from .entries import DrawingFold, DrawingState
from .item import Placed
from .surface import Surface, chunk_of

Paper = Literal["blank", "grid", "dots", "lines"]
FIRST_PAGE: Final = "page1"
# A joiner gets this much at once and fetches the rest: 10,000 joins must not be 10,000 boards.
VIEW_BYTES: Final = 96 * 1024
KEPT_GROUPS: Final = 50  # Whose boards hosts are told of: as many as can be open at once.


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page; its items are on the surface of the same name."""

    page: str
    paper: Paper = "blank"
    group_id: str = ""  # Of the group that has drawn it; empty: it is from here.
    group_name: str = ""


class PageAddedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`page_added`: it comes to stand at `position` and is presented.

    One that a group has drawn is not, and `numbers_used` things are on it, which are to be fetched.
    """

    page: str
    position: int
    paper: Paper
    group_id: str = ""
    group_name: str = ""
    numbers_used: int = 0


class AuthorAddedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`author_added`: it has the next place in the list of authors, unless it is there."""

    author: str


class GroupDrawnBody(msgspec.Struct, frozen=True, kw_only=True):
    """`group_drawn`, for hosts: what a group that has ended has on its board."""

    group_id: RoomId
    name: str
    pages: int
    things: int


class PageBody(msgspec.Struct, frozen=True, kw_only=True):
    """`page_removed` and `page_presented`."""

    page: str


class PageMovedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`page_moved`: it comes to stand at `position` among the others."""

    page: str
    position: int


class PaperChangedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`paper_changed`."""

    page: str
    paper: Paper


class OpenedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`opened`: the board is shown to all, or put away."""

    is_open: bool


class EverybodyBody(msgspec.Struct, frozen=True, kw_only=True):
    """`everybody_draws`: all merchants may draw, or only those with the grant."""

    is_allowed: bool


class _Group(msgspec.Struct, frozen=True):
    """Of `breakouts.begun` and `breakouts.renamed`, in a group."""

    number: int
    name: str


_group = msgspec.msgpack.Decoder(_Group)
_GROUP_KINDS: Final = frozenset({"breakouts.begun", "breakouts.renamed"})


@dataclass(frozen=True, slots=True)
class BoardState:
    """There is always a page, and one is presented."""

    pages: tuple[Page, ...] = (Page(page=FIRST_PAGE),)
    presented: str = FIRST_PAGE
    next_page: int = 2
    is_open: bool = False
    opened_seq: int = 0  # What was opened last stands in front of other things on the stage.
    everybody_draws: bool = False
    # It is a group's: everybody there opens it and turns its pages.
    group: _Group | None = None
    group_boards: tuple[GroupDrawnBody, ...] = ()
    drawing: DrawingState = field(
        default_factory=lambda: DrawingState(surfaces={FIRST_PAGE: Surface()})
    )

    def position(self, name: str) -> int | None:
        """Return where a page stands, or None if there is no such page."""
        return next((i for i, page in enumerate(self.pages) if page.page == name), None)

    def view(self, *, is_host: bool) -> "BoardView":
        """Return what a joiner is sent: of the presented page at most `VIEW_BYTES` of items."""
        shown = self.drawing.surfaces[self.presented]
        items, is_last = chunk_of(shown.table, -1, VIEW_BYTES)
        return BoardView(
            pages=tuple(
                PageView(
                    page=page.page,
                    paper=page.paper,
                    group_id=page.group_id,
                    group_name=page.group_name,
                    numbers_used=self.drawing.surfaces[page.page].table.numbers_used,
                )
                for page in self.pages
            ),
            presented=self.presented,
            is_open=self.is_open,
            opened_seq=self.opened_seq,
            everybody_draws=self.everybody_draws,
            authors=self.drawing.authors,
            items=items,
            is_whole=is_last,
            is_group=self.group is not None,
            group_boards=self.group_boards if is_host else (),
        )


class PageView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page for a joiner; `numbers_used` 0: nothing was ever drawn, nothing is to be fetched."""

    page: str
    paper: Paper
    numbers_used: int
    group_id: str = ""
    group_name: str = ""


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    """`items`: the first of the presented page, all of them if `is_whole`."""

    pages: tuple[PageView, ...]
    presented: str
    is_open: bool
    opened_seq: int
    everybody_draws: bool
    authors: tuple[str, ...]
    items: tuple[Placed, ...]
    is_whole: bool
    is_group: bool = False
    group_boards: tuple[GroupDrawnBody, ...] = ()


_Change = Callable[[BoardState, Any, int], BoardState]  # Any: each takes its own type of body.


class BoardFold:
    """Pure; see `Fold`."""

    def __init__(self, plugin: str) -> None:
        self._drawing = DrawingFold(plugin)
        self._changes: Mapping[str, tuple[msgspec.msgpack.Decoder[Any], _Change]] = {
            f"{plugin}.{name}": (msgspec.msgpack.Decoder(body), change)
            for name, (body, change) in _CHANGES.items()
        }

    def initial(self) -> BoardState:
        return BoardState()

    def apply(self, state: BoardState, entry: Entry) -> BoardState:
        if entry.kind in _GROUP_KINDS:
            return _note_group(state, entry)
        known = self._changes.get(entry.kind)
        if known is not None:
            decoder, change = known
            return change(state, decoder.decode(entry.body), entry.seq)
        drawing = self._drawing.apply(state.drawing, entry)
        return state if drawing is state.drawing else replace(state, drawing=drawing)


def _note_group(state: BoardState, entry: Entry) -> BoardState:
    group = _group.decode(entry.body)
    if entry.kind == "breakouts.begun":
        return replace(state, group=group, everybody_draws=True)
    is_own = state.group is not None and state.group.number == group.number
    return replace(state, group=group) if is_own else state


def _page_added(state: BoardState, body: PageAddedBody, seq: int) -> BoardState:
    page = Page(
        page=body.page, paper=body.paper, group_id=body.group_id, group_name=body.group_name
    )
    pages = (*state.pages[: body.position], page, *state.pages[body.position :])
    if body.group_id:
        return replace(state, pages=pages)  # What is on it came before.
    return replace(
        state,
        pages=pages,
        presented=body.page,
        next_page=state.next_page + 1,
        drawing=state.drawing.with_surface(body.page, Surface(), seq),
    )


def _author_added(state: BoardState, body: AuthorAddedBody, seq: int) -> BoardState:
    authors = state.drawing.authors
    if body.author in authors:
        return state
    return replace(state, drawing=replace(state.drawing, authors=(*authors, body.author)))


def _group_drawn(state: BoardState, body: GroupDrawnBody, seq: int) -> BoardState:
    others = [one for one in state.group_boards if one.group_id != body.group_id]
    return replace(state, group_boards=(*others, body)[-KEPT_GROUPS:])


def _page_removed(state: BoardState, body: PageBody, seq: int) -> BoardState:
    position = state.position(body.page) or 0
    pages = tuple(page for page in state.pages if page.page != body.page)
    neighbour = pages[min(position, len(pages) - 1)].page
    return replace(
        state,
        pages=pages,
        presented=neighbour if state.presented == body.page else state.presented,
        drawing=state.drawing.with_surface(body.page, None, seq),
    )


def _page_moved(state: BoardState, body: PageMovedBody, seq: int) -> BoardState:
    moved = [page for page in state.pages if page.page == body.page]
    pages = [page for page in state.pages if page.page != body.page]
    pages[body.position : body.position] = moved
    return replace(state, pages=tuple(pages))


def _paper_changed(state: BoardState, body: PaperChangedBody, seq: int) -> BoardState:
    pages = tuple(
        msgspec.structs.replace(page, paper=body.paper) if page.page == body.page else page
        for page in state.pages
    )
    return replace(state, pages=pages)


def _page_presented(state: BoardState, body: PageBody, seq: int) -> BoardState:
    return replace(state, presented=body.page)


def _opened(state: BoardState, body: OpenedBody, seq: int) -> BoardState:
    return replace(state, is_open=body.is_open, opened_seq=seq)


def _everybody_draws(state: BoardState, body: EverybodyBody, seq: int) -> BoardState:
    return replace(state, everybody_draws=body.is_allowed)


_CHANGES: Final[Mapping[str, tuple[type[msgspec.Struct], _Change]]] = {
    "page_added": (PageAddedBody, _page_added),
    "author_added": (AuthorAddedBody, _author_added),
    "group_drawn": (GroupDrawnBody, _group_drawn),
    "page_removed": (PageBody, _page_removed),
    "page_moved": (PageMovedBody, _page_moved),
    "page_presented": (PageBody, _page_presented),
    "paper_changed": (PaperChangedBody, _paper_changed),
    "opened": (OpenedBody, _opened),
    "everybody_draws": (EverybodyBody, _everybody_draws),
}
