"""The state of the annotations: a surface over each picture that somebody has drawn on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from ..api import Entry
from .entries import DrawingFold, DrawingState
from .item import Placed
from .surface import Surface, chunk_of

VIEW_BYTES: Final = 96 * 1024  # Of all pictures together; a joiner fetches the rest.


class FrozenBody(msgspec.Struct, frozen=True, kw_only=True):
    """`frozen`: the picture stands still, as the file has it; `file_id` None: it moves again."""

    surface: str
    file_id: str | None


class EverybodyBody(msgspec.Struct, frozen=True, kw_only=True):
    """`everybody_draws`: all merchants may draw, or only those with the grant."""

    is_allowed: bool


class FileRemovedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A document's file is gone, and what was drawn on its pages."""

    file_id: str


class OverlayView(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn over one track or page; `frozen` None: the picture moves."""

    surface: str
    items: tuple[Placed, ...]
    is_whole: bool
    frozen: str | None


class AnnotateView(msgspec.Struct, frozen=True, kw_only=True):
    """What a joiner is sent."""

    surfaces: tuple[OverlayView, ...]
    authors: tuple[str, ...]
    everybody_draws: bool


@dataclass(frozen=True, slots=True)
class AnnotateState:
    """The surfaces bear the ids of their tracks or files, and end with them."""

    drawing: DrawingState = field(default_factory=DrawingState)
    frozen: Mapping[str, str] = field(default_factory=dict)
    everybody_draws: bool = False

    def view(self) -> AnnotateView:
        """Return what a joiner is sent, bounded by `VIEW_BYTES` over all surfaces."""
        overlays = []
        bytes_left = VIEW_BYTES
        for name, surface in self.drawing.surfaces.items():
            items, is_last = chunk_of(surface.table, -1, bytes_left, least_items=0)
            bytes_left -= sum(placed.item.size_bytes for placed in items)
            overlays.append(
                OverlayView(
                    surface=name, items=items, is_whole=is_last, frozen=self.frozen.get(name)
                )
            )
        return AnnotateView(
            surfaces=tuple(overlays),
            authors=self.drawing.authors,
            everybody_draws=self.everybody_draws,
        )


class _UnpublishedBody(msgspec.Struct):
    track_id: str


_file_removed = msgspec.msgpack.Decoder(FileRemovedBody)
_unpublished = msgspec.msgpack.Decoder(_UnpublishedBody)
_frozen = msgspec.msgpack.Decoder(FrozenBody)
_everybody = msgspec.msgpack.Decoder(EverybodyBody)


class AnnotateFold:
    """Pure; see `Fold`."""

    def __init__(self, plugin: str) -> None:
        self._drawing = DrawingFold(plugin)
        self._frozen_kind = f"{plugin}.frozen"
        self._everybody_kind = f"{plugin}.everybody_draws"
        self._file_removed_kind = f"{plugin}.file_removed"

    def initial(self) -> AnnotateState:
        return AnnotateState()

    def apply(self, state: AnnotateState, entry: Entry) -> AnnotateState:
        if entry.kind == "room.track_unpublished":
            return _without(state, _unpublished.decode(entry.body).track_id, entry.seq)
        if entry.kind == self._file_removed_kind:
            return _without_file(state, _file_removed.decode(entry.body).file_id, entry.seq)
        if entry.kind == self._frozen_kind:
            return _with_frozen(state, _frozen.decode(entry.body), entry.seq)
        if entry.kind == self._everybody_kind:
            allowed = _everybody.decode(entry.body).is_allowed
            return replace(state, everybody_draws=allowed)
        drawing = self._drawing.apply(state.drawing, entry)
        return state if drawing is state.drawing else replace(state, drawing=drawing)


def _without(state: AnnotateState, track_id: str, seq: int) -> AnnotateState:
    if track_id not in state.drawing.surfaces:
        return state
    frozen = {name: file for name, file in state.frozen.items() if name != track_id}
    drawing = state.drawing.with_surface(track_id, None, seq)
    return replace(state, drawing=drawing, frozen=frozen)


def is_page_of(file_id: str, surface: str) -> bool:
    """Say whether a surface lies over a page of this file."""
    return surface.startswith(f"{file_id}/")


def _without_file(state: AnnotateState, file_id: str, seq: int) -> AnnotateState:
    """A document is gone, and what was drawn on its pages with it."""
    drawing = state.drawing
    for name in [name for name in drawing.surfaces if is_page_of(file_id, name)]:
        drawing = drawing.with_surface(name, None, seq)
    return state if drawing is state.drawing else replace(state, drawing=drawing)


def _with_frozen(state: AnnotateState, body: FrozenBody, seq: int) -> AnnotateState:
    frozen = {name: file for name, file in state.frozen.items() if name != body.surface}
    if body.file_id is not None:
        frozen[body.surface] = body.file_id
    surface = state.drawing.surfaces.get(body.surface, Surface())
    drawing = state.drawing.with_surface(body.surface, surface, seq)
    return replace(state, drawing=drawing, frozen=frozen)
