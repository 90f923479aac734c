"""The spatial layers of an SVC stream: which of them flow, and what each costs.

Theory of operation. An SVC sender puts all layers of a picture into one stream, lowest first, each
predicted from the one below (RFC 9628 §3). To the table they are what encodings are in simulcast: a
slot shows one and those below it. So going down is leaving out, at the next picture; going up waits
for a key frame, as between encodings. The lower layers are always sent along, also where the upper
one needs them at key frames only (`L3T3_KEY`): that costs a third more, but else going down would
take a key frame, which is the worst a link can get when it has become slow.
"""

from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .source_run import SourceRun

MAX_LAYERS: Final = 8  # RFC 9628 §4.2: three bits.
STALL_S: Final = 1.0  # A layer without a frame for so long has been given up by its sender.


class SpatialLayers:
    """See the module.

    Attributes:
        flowing: For each layer, lowest first: it is sent.
    """

    __slots__ = ("_bytes", "_keyframe_bytes", "_last_s", "flowing")

    def __init__(self) -> None:
        self.flowing: list[bool] = []
        self._bytes: list[int] = []
        self._keyframe_bytes: list[int] = []
        self._last_s: list[float] = []

    def note(self, run: "SourceRun", now_s: float, *, is_keyframe: bool) -> bool:
        """Take in a run; return whether other layers flow than before."""
        before = sum(self.flowing)
        count = max(run.spatial_layers, run.spatial + 1)
        while len(self.flowing) < count:
            self.flowing.append(False)
            self._bytes.append(0)
            self._keyframe_bytes.append(0)
            self._last_s.append(now_s)
        if run.spatial_layers:  # It says which are to come: nobody needs to wait and see.
            for layer in range(len(self.flowing)):
                self._set(layer, now_s, is_flowing=layer < run.spatial_layers)
        else:
            self._set(run.spatial, now_s, is_flowing=True)
        spent = self._keyframe_bytes if is_keyframe else self._bytes
        spent[run.spatial] += run.payload_bytes
        return sum(self.flowing) != before

    def find_stalled(self, now_s: float) -> bool:
        """Mark layers that stopped while the lowest went on; return whether there are any."""
        newest_s = self._last_s[0]
        stalled = [
            layer
            for layer, last_s in enumerate(self._last_s)
            if self.flowing[layer] and newest_s > last_s + STALL_S
        ]
        for layer in stalled:
            self._set(layer, now_s, is_flowing=False)
        return bool(stalled)

    def bytes_up_to(self) -> list[tuple[int, int]]:
        """Return what each layer took so far with those below it: key frames, and all others."""
        return list(zip(accumulate(self._keyframe_bytes), accumulate(self._bytes), strict=True))

    def _set(self, layer: int, now_s: float, *, is_flowing: bool) -> None:
        self.flowing[layer] = is_flowing
        self._last_s[layer] = now_s
