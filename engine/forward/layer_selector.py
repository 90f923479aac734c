"""Which encoding of a track a slot shows: preferred → target → current.

Theory of operation. The scheduler's preferred layer reaches the table as the *target* of a slot.
From it follows the *wanted* encoding: the highest one at or below the target that flows and that
the slot can decode, or else the lowest that flows above it, because senders leave layers out
(Chromium sends two of three for a 640x360 source, facts/slots.md pitfalls 2 and 3) and any picture
is better than none. *Current* is what the slot shows. It becomes the wanted one only at a key frame
of the wanted one; until then the old one goes on. Temporal layers go down at once, and up at a
frame that says it may (VP8's layer sync bit, or a key frame). So do the spatial layers of an SVC
stream: down at once, up at a key frame.
"""

from collections.abc import Sequence

from ..media import Layer


def choose_spatial(target: int, usable: Sequence[bool]) -> int | None:
    """Return the index of the wanted encoding; None if none is usable.

    Args:
        target: Highest index allowed.
        usable: For each encoding, lowest first: it flows and the slot can decode it.
    """
    for index in range(min(target, len(usable) - 1), -1, -1):
        if usable[index]:
            return index
    for index in range(target + 1, len(usable)):
        if usable[index]:
            return index
    return None


class LayerSelector:
    """The choice of one slot.

    Attributes:
        target: Highest layer allowed.
        wanted: Index of the encoding, or of the spatial layer, to show; None if none can be.
        current: Index of the one on the wire, None before the first key frame.
        temporal: Highest temporal layer on the wire.
    """

    __slots__ = ("current", "target", "temporal", "wanted")

    def __init__(self, target: Layer) -> None:
        self.target = target
        self.wanted: int | None = None
        self.current: int | None = None
        self.temporal = 0

    @property
    def is_waiting(self) -> bool:
        """A key frame of the wanted encoding is needed."""
        return self.wanted is not None and self.wanted != self.current

    def update(self, usable: Sequence[bool]) -> bool:
        """Choose the wanted encoding again; return whether a key frame is now needed."""
        self.wanted = choose_spatial(self.target.spatial, usable)
        return self.is_waiting

    def is_waiting_above(self) -> bool:
        """Within one SVC stream: go down at once; return whether a key frame is needed to go up."""
        if self.wanted is not None and self.current is not None and self.wanted < self.current:
            self.current = self.wanted
        return self.is_waiting

    def accept(self, index: int, *, is_keyframe: bool) -> bool:
        """Say whether packets of encoding `index` go on the wire; a key frame may switch to it."""
        if is_keyframe and index == self.wanted:
            self.current = index
            self.temporal = self.target.temporal
        return index == self.current

    def show(self, index: int) -> None:
        """Something is on the wire at once, of the lowest temporal layer, wanted or not."""
        self.current = index
        self.temporal = 0

    def accept_temporal(
        self, temporal: int, *, is_switch_point: bool, is_late: bool = False
    ) -> bool:
        """Say whether a frame of this temporal layer goes on the wire.

        Args:
            is_late: It would wait for long: the lowest layer alone goes on.
        """
        allowed = 0 if is_late else self.target.temporal
        if temporal > allowed:
            self.temporal = min(self.temporal, allowed)
            return False
        if temporal > self.temporal and is_switch_point:
            self.temporal = temporal
        return temporal <= self.temporal

    def lose(self) -> None:
        """What was shown has ended (paused, removed, replaced): start again at a key frame."""
        self.current = None
