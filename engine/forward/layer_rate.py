"""What one layer of a track costs: bits a second, with its key frames spread over several."""

from typing import Final

_KEYFRAME_WEIGHT: Final = 0.25  # Of the last second, in the mean of what key frames take.


class LayerRate:
    """Measures once a second.

    Attributes:
        flows: Something came in the last second.
    """

    __slots__ = ("_keyframe_bps", "_keyframe_bytes", "_other_bytes", "flows")

    def __init__(self) -> None:
        self._keyframe_bytes = 0
        self._other_bytes = 0
        self._keyframe_bps = 0.0
        self.flows = False

    def measure(self, keyframe_bytes: int, other_bytes: int) -> int:
        """Return the rate; 0 if nothing came.

        Args:
            keyframe_bytes: All that its key frames have taken so far.
            other_bytes: All that the other frames have taken.
        """
        keyframe_bps = 8 * max(0, keyframe_bytes - self._keyframe_bytes)
        other_bps = 8 * max(0, other_bytes - self._other_bytes)
        self._keyframe_bytes, self._other_bytes = keyframe_bytes, other_bytes
        self._keyframe_bps += _KEYFRAME_WEIGHT * (keyframe_bps - self._keyframe_bps)
        self.flows = keyframe_bps + other_bps > 0
        return other_bps + round(self._keyframe_bps) if self.flows else 0
