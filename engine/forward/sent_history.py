"""What one slot has sent: a small record for each run, from which a lost packet is made again.

The payload stays in the cache of the source's encoding, shared by all viewers; a record holds what
was this viewer's own. 128 records of video are more than 4 s.
"""

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from .encoding import InboundEncoding

RUNS_KEPT: Final = 128


class SentRun(NamedTuple):
    """One run as it was sent: `first` is the unwrapped outbound number of its first packet."""

    first: int
    packets: int
    encoding: "InboundEncoding"
    number: int
    rtp_timestamp: int
    picture_id: int | None
    tl0: int | None
    ends_picture: bool
    payload_type: int


# From a tuple of all fields, for each viewer and run: `SentRun(…)` takes three times as long.
new_sent_run = partial(tuple.__new__, SentRun)


class SentHistory:
    """The last runs of one slot, in the order of sending."""

    __slots__ = ("_runs", "append")

    def __init__(self) -> None:
        self._runs: deque[SentRun] = deque(maxlen=RUNS_KEPT)
        self.append = self._runs.append  # A bound method saves a lookup for each train.

    @property
    def first_sequence(self) -> int:
        """Outbound number of the oldest packet that is known; 0: none is."""
        return self._runs[0].first if self._runs else 0

    def newest_first(self) -> Iterator[SentRun]:
        """Iterate over the runs, from the last one back."""
        return reversed(self._runs)

    def find(self, sequence: int) -> SentRun | None:
        """Return the run that held an outbound packet; None if it is forgotten or never was."""
        for run in reversed(self._runs):
            if run.first <= sequence < run.first + run.packets:
                return run
        return None
