"""Entries that `whiteboard` and `annotate` have in common, and the fold over them.

Each kind begins with the plugin's name: `whiteboard.edited`, `annotate.edited` and so on. `author`
is the identity of who did it, so that a reload loses nobody's right to undo.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from ..api import Entry
from .item import Frame, Item, Style
from .surface import Surface


class EditedBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`edited`: `removed` are gone; `added` lie on top, numbered from `first_number` on.

    `draft`: the drafts of the same author with this key have become these items.
    """

    surface: str
    author: str
    first_number: int
    added: tuple[Item, ...] = ()
    removed: tuple[int, ...] = ()
    draft: int = 0


class TransformedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`transformed`: the frame is done after the frame that each item has already."""

    surface: str
    author: str
    numbers: tuple[int, ...]
    frame: Frame


class RestyledBody(msgspec.Struct, frozen=True, kw_only=True):
    """`restyled`."""

    surface: str
    author: str
    numbers: tuple[int, ...]
    style: Style


class ClearedBody(msgspec.Struct, frozen=True, kw_only=True):
    """`cleared`: `only_author` None: everything."""

    surface: str
    author: str
    only_author: str | None = None


class RevertedBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`reverted`: an undo or a redo. The fold knows it all; the numbers are for pages.

    `restored` are as they were when they were removed: a page that came later asks for them.
    """

    surface: str
    author: str
    is_redo: bool = False
    removed: tuple[int, ...] = ()
    restored: tuple[int, ...] = ()
    changed: tuple[tuple[int, Item], ...] = ()


@dataclass(frozen=True, slots=True)
class DrawingState:
    """All surfaces of a plugin. `seq` is that of the newest entry that changed one."""

    surfaces: Mapping[str, Surface] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    seq: int = 0

    @property
    def size_bytes(self) -> int:
        """What all items take on the wire, roughly."""
        return sum(surface.table.size_bytes for surface in self.surfaces.values())

    def author_index(self, identity: str) -> int:
        """Return an author's place; for a new author the place it will get."""
        return self.authors.index(identity) if identity in self.authors else len(self.authors)

    def with_surface(self, name: str, surface: Surface | None, seq: int) -> "DrawingState":
        """Return the state with another surface of this name, or without it."""
        surfaces = {**self.surfaces}
        if surface is None:
            surfaces.pop(name, None)
        else:
            surfaces[name] = surface
        return replace(self, surfaces=surfaces, seq=seq)


_Body = EditedBody | TransformedBody | RestyledBody | ClearedBody | RevertedBody
_BODIES: Final[Mapping[str, type[_Body]]] = {
    "edited": EditedBody,
    "transformed": TransformedBody,
    "restyled": RestyledBody,
    "cleared": ClearedBody,
    "reverted": RevertedBody,
}


class DrawingFold:
    """Pure. A surface begins with its first entry, unless the plugin made it before."""

    def __init__(self, plugin: str) -> None:
        # Any: each decoder gives its own type of body.
        self._decoders: dict[str, Callable[[bytes], Any]] = {
            f"{plugin}.{name}": msgspec.msgpack.Decoder(body).decode
            for name, body in _BODIES.items()
        }

    def apply(self, state: DrawingState, entry: Entry) -> DrawingState:
        """Return the state after an entry; of another kind: the same state."""
        decode = self._decoders.get(entry.kind)
        if decode is None:
            return state
        body: _Body = decode(entry.body)
        if body.author not in state.authors:
            state = replace(state, authors=(*state.authors, body.author))
        before = state.surfaces.get(body.surface, Surface())
        return state.with_surface(body.surface, _changed(before, body, state), entry.seq)


def _changed(surface: Surface, body: _Body, state: DrawingState) -> Surface:
    match body:
        case EditedBody(author=author, added=added, removed=removed):
            return surface.edited(author, state.author_index(author), added, removed)
        case TransformedBody(author=author, numbers=numbers, frame=frame):
            return surface.transformed(author, numbers, frame)
        case RestyledBody(author=author, numbers=numbers, style=style):
            return surface.restyled(author, numbers, style)
        case ClearedBody(author=author, only_author=owner):
            return surface.cleared(author, None if owner is None else state.author_index(owner))
        case RevertedBody(author=author, is_redo=is_redo):
            return surface.reverted(author, redo=is_redo)[0]
