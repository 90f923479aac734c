"""The scheduler `teaching`: voices, then the shared screen, then whoever teaches or speaks.

Who gets a slot: audio is never starved; the shared screen goes before every camera; then who has
the role host; then who has the floor; then the recent speakers, the latest first; then the order of
the viewport. A track keeps its slot while it is shown. What the link is spent on: text first
(resolution before frame rate, and before every camera), then everybody's face, then motion.
"""

from collections.abc import Sequence
from typing import Final

from ..api import Situation, SlotDecision
from .filling import SchedulerOptions, Taste, fill
from .orders import sharp_screens

TASTE: Final = Taste(order=sharp_screens, hosts_first=True)


class TeachingScheduler:
    """See the module. Pure: one instance serves every viewer."""

    def __init__(self, options: SchedulerOptions) -> None:
        self._options = options

    def schedule(
        self, situation: Situation, previous: Sequence[SlotDecision]
    ) -> tuple[SlotDecision, ...]:
        """Decide for one viewer; see `Scheduler.schedule`."""
        return fill(situation, previous, TASTE, self._options)
