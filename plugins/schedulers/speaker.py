"""The scheduler `speaker`: whoever speaks is large, as in a talk; the others get what is left.

The shared screen stays sharp before anybody; then all of the latest speaker's picture, then the
others' floors. Hosts have no advantage but among those who never spoke.
"""

from collections.abc import Sequence
from typing import Final

from ..api import Situation, SlotDecision
from .filling import SchedulerOptions, Taste, fill
from .orders import one_large

TASTE: Final = Taste(order=one_large, hosts_first=False)


class SpeakerScheduler:
    """See the module. Pure: one instance serves every viewer."""

    def __init__(self, options: SchedulerOptions) -> None:
        self._options = options

    def schedule(
        self, situation: Situation, previous: Sequence[SlotDecision]
    ) -> tuple[SlotDecision, ...]:
        """Decide for one viewer; see `Scheduler.schedule`."""
        return fill(situation, previous, TASTE, self._options)
