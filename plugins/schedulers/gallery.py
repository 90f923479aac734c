"""The scheduler `gallery`: all pictures alike, as in a round of introductions.

Nobody gets a second level before everybody has the first that fits; a shared screen is one of them.
Where not even all floors fit, those who spoke last are seen: whoever speaks, appears.
"""

from collections.abc import Sequence
from typing import Final

from ..api import Situation, SlotDecision
from .filling import SchedulerOptions, Taste, fill
from .orders import fair

TASTE: Final = Taste(order=fair, hosts_first=False)


class GalleryScheduler:
    """See the module. Pure: one instance serves every viewer."""

    def __init__(self, options: SchedulerOptions) -> None:
        self._options = options

    def schedule(
        self, situation: Situation, previous: Sequence[SlotDecision]
    ) -> tuple[SlotDecision, ...]:
        """Decide for one viewer; see `Scheduler.schedule`."""
        return fill(situation, previous, TASTE, self._options)
