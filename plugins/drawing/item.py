"""What can be drawn, and when it is well formed."""

from typing import Annotated, Final, Literal, NamedTuple

import msgspec

from .points import MalformedPoints, decode_points

Kind = Literal[
    "pen", "highlighter", "line", "arrow", "rectangle", "ellipse", "text", "note", "image"
]
Finite = Annotated[float, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
# x' = sx·x + tx, y' = sy·y + ty: moving and resizing never touch the points.
Frame = tuple[Finite, Finite, Finite, Finite]
UNMOVED: Final[Frame] = (1.0, 1.0, 0.0, 0.0)

MAX_POINT_BYTES: Final = 16 * 1024
MAX_PRESSURES: Final = 8 * 1024
MAX_TEXT_CHARS: Final = 2_000
Points = Annotated[bytes, msgspec.Meta(max_length=MAX_POINT_BYTES)]
Pressures = Annotated[bytes, msgspec.Meta(max_length=MAX_PRESSURES)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT_CHARS)]
Ink = Annotated[int, msgspec.Meta(ge=0, le=15)]  # A place in the palette of the pages.
Width = Annotated[float, msgspec.Meta(ge=1, le=4_000)]  # In units; for words the size of letters.
FileRef = Annotated[str, msgspec.Meta(max_length=64)]

_PATHS: Final = frozenset({"pen", "highlighter"})
_WORDS: Final = frozenset({"text", "note"})
_FIXED_BYTES: Final = 40  # Of an item on the wire besides its path and words, roughly.


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing on a surface.

    `points`: the whole path of a pen or highlighter; of all others two opposite corners (for a line
    and an arrow its ends). `pressures`: one byte for each point of a pen that has them.
    """

    kind: Kind
    points: Points
    ink: Ink = 0
    width: Width = 40.0
    filled: bool = False
    pressures: Pressures = b""
    text: Text = ""
    file_id: FileRef = ""
    frame: Frame = UNMOVED

    @property
    def size_bytes(self) -> int:
        """What it takes on the wire, roughly; in memory it is three times as much."""
        return _FIXED_BYTES + len(self.points) + len(self.pressures) + 3 * len(self.text)


class Placed(NamedTuple):
    """An item on its surface: `number` counts from 0 in the order of drawing, `by` is its author's
    place in the list of authors.
    """

    number: int
    by: int
    item: Item


class Style(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Looks that can be given to an item afterwards; None: as it is."""

    ink: Ink | None = None
    width: Width | None = None
    filled: bool | None = None
    text: Text | None = None

    def on(self, item: Item) -> Item:
        """Return the item with these looks; only what has words can get other words."""
        changes = {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not None
            and (name != "text" or item.kind in _WORDS)
        }
        return msgspec.structs.replace(item, **changes)


def check_item(item: Item) -> None:
    """Check what the types cannot say.

    Raises:
        MalformedPoints: With the reason.
    """
    count = len(decode_points(item.points)) // 2
    if item.kind in _PATHS:
        if count == 0:
            raise MalformedPoints("a stroke has at least one point")
    elif count != 2:
        raise MalformedPoints(f"a {item.kind} has two points, not {count}")
    if item.pressures and len(item.pressures) != count:
        raise MalformedPoints(f"{len(item.pressures)} pressures for {count} points")
    if item.kind in _WORDS and not item.text.strip():
        raise MalformedPoints(f"a {item.kind} has words")
    if (item.kind == "image") != bool(item.file_id):
        raise MalformedPoints("an image names its file, and nothing else does")
    check_frame(item.frame)


def check_frame(frame: Frame) -> None:
    """Refuse what would make things vanish or explode.

    Raises:
        MalformedPoints: A scale is out of range.
    """
    if not all(0.01 <= abs(scale) <= 100 for scale in frame[:2]):
        raise MalformedPoints("a scale is between 0.01 and 100")


def composed(outer: Frame, inner: Frame) -> Frame:
    """Return the frame that does `inner` first and `outer` after it."""
    return (
        outer[0] * inner[0],
        outer[1] * inner[1],
        outer[0] * inner[2] + outer[2],
        outer[1] * inner[3] + outer[3],
    )
