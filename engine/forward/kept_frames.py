"""The last key frame of an encoding and the frames after it, for who comes to see it next.

Theory of operation. A decoder needs a key frame and all frames of the lowest temporal layer that
came since. While those are few, sending them again costs less than another key frame, which
browsers make on every encoding and everybody pays for; and it takes no way to the publisher and
back. A camera's lowest encoding stays within the bound for several seconds, its highest for a
fraction of one; a shared page that stands still for as long as it stands.
"""

from bisect import insort
from itertools import pairwise
from operator import attrgetter
from typing import Final

from .source_run import SourceRun

MAX_BYTES: Final = 36 * 1024  # What a viewer of whom nothing is known yet is sent in 60 ms.
MAX_KEYFRAMES: Final = 2  # So many times the key frame's own size, where that is more.
MOST_BYTES: Final = 1024 * 1024  # A large picture's; it is memory of the node.
MAX_RUNS: Final = 512
FRESH_KEYFRAMES: Final = 1.25  # Up to here it costs who sees a picture already hardly more.

_order = attrgetter("first_sequence")


class KeptFrames:
    """See the module.

    Attributes:
        runs: From the key frame on, in order, of all temporal layers; empty: too much came since.
        keyframe_bytes: Of the last key frame, also when it is kept no more.
        lasted_s: How long the last ones could be kept.
        needed_bytes: Of those that a replay sends, which are of the lowest temporal layer.
    """

    __slots__ = ("_keyframe_timestamp", "keyframe_bytes", "lasted_s", "needed_bytes", "runs")

    def __init__(self) -> None:
        self.runs: list[SourceRun] = []
        self.keyframe_bytes = 0
        self.lasted_s = 0.0
        self._keyframe_timestamp: int | None = None
        self.needed_bytes = 0

    def add(self, run: SourceRun) -> bool:
        """Keep a run; return whether it is of a key frame."""
        is_keyframe = self._is_of_keyframe(run)
        if is_keyframe:
            self.keyframe_bytes += run.payload_bytes
        if self.runs:
            self._keep(run)
        return is_keyframe

    def clear(self) -> None:
        """What comes next does not follow these."""
        self.runs = []
        self._keyframe_timestamp = None

    @property
    def is_whole(self) -> bool:
        """A decoder that gets these frames can go on with what comes next."""
        runs = self.runs
        return bool(runs) and all(
            before.first_sequence + before.count == run.first_sequence
            for before, run in pairwise(runs)
        )

    @property
    def is_fresh(self) -> bool:
        """Little came since the key frame."""
        return self.needed_bytes <= FRESH_KEYFRAMES * self.keyframe_bytes and self.is_whole

    def _is_of_keyframe(self, run: SourceRun) -> bool:
        if run.starts_keyframe:
            if self._keyframe_timestamp == run.rtp_timestamp:
                return True  # Parameter sets may come in a run before the picture's own.
            self._keyframe_timestamp = run.rtp_timestamp
            self.runs = [run]
            self.needed_bytes = run.payload_bytes
            self.keyframe_bytes = 0
            return True
        return run.rtp_timestamp == self._keyframe_timestamp

    def _keep(self, run: SourceRun) -> None:
        runs = self.runs
        if run is runs[0]:
            return
        if run.first_sequence > runs[-1].first_sequence:
            runs.append(run)
        elif run.first_sequence > runs[0].first_sequence:
            insort(runs, run, key=_order)  # Repaired.
        if not run.temporal:
            self.needed_bytes += run.payload_bytes
        limit_bytes = min(max(MAX_BYTES, MAX_KEYFRAMES * self.keyframe_bytes), MOST_BYTES)
        if self.needed_bytes > limit_bytes or len(runs) > MAX_RUNS:
            self.lasted_s = run.arrival_s - runs[0].arrival_s
            self.runs = []
