"""Count the steps up that had to be taken back soon, so that a layer does not flap.

Schedulers have no clock. This is the memory that their `Situation.regrets` comes from, one for each
viewer, kept by whoever asks the scheduler.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from ...engine.ids import TrackId
from ...engine.media import Layer
from ..api import SlotDecision

SOON_S: Final = 60.0  # An upgrade that held so long was right; what came then is a new fact.
# So is a link that has become so much slower since: this is no estimate that wavers.
SAME_LINK_RATIO: Final = 0.6
# With an estimate that wavers by 10 % on a steady link there are two switches a minute at most.
REMEMBERED_S: Final = 120.0
KEPT: Final = 8


class Steadiness:
    """One viewer's. Bounded by the viewer's slots."""

    def __init__(self) -> None:
        self._raised: dict[TrackId, tuple[float, int]] = {}  # When, and at which estimate.
        self._regretted_s: deque[float] = deque(maxlen=KEPT)

    def regrets(self, now_s: float) -> int:
        """Return how many upgrades were taken back of the last two minutes."""
        while self._regretted_s and now_s - self._regretted_s[0] > REMEMBERED_S:
            self._regretted_s.popleft()
        return len(self._regretted_s)

    def note(
        self,
        previous: Sequence[SlotDecision],
        decisions: Sequence[SlotDecision],
        now_s: float,
        available_bps: int | None,
    ) -> None:
        """Take in what was decided before, and now with this estimate."""
        if decisions == previous:
            return
        before = {each.track_id: each.target for each in previous if each.track_id}
        shown = {each.track_id for each in decisions}
        self._raised = {track: at for track, at in self._raised.items() if track in shown}
        link_bps = available_bps or 0
        is_regretted = False
        for decision in decisions:
            track_id = decision.track_id
            if track_id is None or track_id not in before:
                continue
            change = _height(decision.target) - _height(before[track_id])
            if change > 0:
                self._raised[track_id] = now_s, link_bps
            elif change < 0 and decision.target != decision.preferred:
                raised_s, raised_bps = self._raised.pop(track_id, (float("-inf"), 0))
                is_same_link = link_bps >= SAME_LINK_RATIO * raised_bps
                is_regretted |= is_same_link and now_s - raised_s < SOON_S
        if is_regretted:  # One for all that moved at once: they moved for one reason.
            self._regretted_s.append(now_s)


def _height(layer: Layer | None) -> int:
    return -1 if layer is None else layer.spatial * 8 + layer.temporal
