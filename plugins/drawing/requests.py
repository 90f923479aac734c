"""Requests and signals that `whiteboard` and `annotate` have in common."""

from typing import Annotated

import msgspec

from .item import Frame, Item, Style
from .points import MAX_COORDINATE

MAX_ADDED = 64  # The pieces that one pass of the rubber leaves.
MAX_NUMBERS = 1_000  # Of one selection.
MAX_LIVE_NUMBERS = 200  # Of one that others see while it moves: each signal names them all.

SurfaceName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Number = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Numbers = Annotated[tuple[Number, ...], msgspec.Meta(max_length=MAX_NUMBERS)]
SomeNumbers = Annotated[tuple[Number, ...], msgspec.Meta(min_length=1, max_length=MAX_NUMBERS)]
LiveNumbers = Annotated[tuple[Number, ...], msgspec.Meta(min_length=1, max_length=MAX_LIVE_NUMBERS)]
Added = Annotated[tuple[Item, ...], msgspec.Meta(max_length=MAX_ADDED)]
DraftKey = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
Coordinate = Annotated[int, msgspec.Meta(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
PointIndex = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class Edit(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="edit"):
    """Remove items and add others, as one step that can be undone."""

    surface: SurfaceName
    added: Added = ()
    removed: Numbers = ()
    draft: DraftKey = 0


class Transform(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="transform"):
    """Move and resize items."""

    surface: SurfaceName
    numbers: SomeNumbers
    frame: Frame


class Restyle(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="restyle"):
    """Give items other looks or words."""

    surface: SurfaceName
    numbers: SomeNumbers
    style: Style


class Clear(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="clear"):
    """Remove everything, or everything of one's own."""

    surface: SurfaceName
    only_own: bool = False


class Undo(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="undo"):
    """Take back one's own newest step on a surface."""

    surface: SurfaceName


class Redo(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="redo"):
    """Do again what one took back last."""

    surface: SurfaceName


class Fetch(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="fetch"):
    """Ask for the items above a number; the signal `items` brings them to the asker alone."""

    surface: SurfaceName
    after: Annotated[int, msgspec.Meta(ge=-1, le=1_000_000_000)] = -1


class Draft(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="draft"):
    """What is being drawn: `item.points` replace the draft's from the `start`th point on."""

    surface: SurfaceName
    draft: DraftKey
    item: Item
    start: PointIndex = 0


class DropDraft(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="drop_draft"):
    """What was being drawn will not be finished."""

    surface: SurfaceName
    draft: DraftKey


class Transforming(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="transforming"):
    """What a hand is moving or resizing: the items are seen as if `frame` were done already."""

    surface: SurfaceName
    draft: DraftKey
    numbers: LiveNumbers
    frame: Frame


class Cursor(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="cursor"):
    """Where somebody points; `is_laser`: with the laser pointer."""

    surface: SurfaceName
    x: Coordinate
    y: Coordinate
    is_laser: bool = False
    is_gone: bool = False


DrawingRequest = Edit | Transform | Restyle | Clear | Undo | Redo | Fetch
DrawingSignal = Draft | Transforming | DropDraft | Cursor
