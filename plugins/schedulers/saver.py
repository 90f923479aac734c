"""The scheduler `saver`: speech and pictures at their lowest frame rate in 100 kbit/s.

For those who pay for their data. Voices first, as many as fit, of those who spoke last; then the
shared screen at its best resolution that fits, at its lowest frame rate; then a face. Browsers have
no still mode (a picture now and then, paused between): a screen on which nothing moves costs almost
nothing anyway, one that moves too much to fit is left out with the reason `bandwidth`.
"""

from collections.abc import Sequence
from typing import Final

from ..api import Situation, SlotDecision
from .filling import SchedulerOptions, Taste, fill
from .orders import stills

LIMIT_BPS: Final = 100_000  # 45 MB an hour.
TASTE: Final = Taste(order=stills, hosts_first=True, limit_bps=LIMIT_BPS)


class SaverScheduler:
    """See the module. Pure: one instance serves every viewer."""

    def __init__(self, options: SchedulerOptions) -> None:
        self._options = options

    def schedule(
        self, situation: Situation, previous: Sequence[SlotDecision]
    ) -> tuple[SlotDecision, ...]:
        """Decide for one viewer; see `Scheduler.schedule`."""
        return fill(situation, previous, TASTE, self._options)
