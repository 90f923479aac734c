"""Gives the scheduler `teaching`, which fills slots with simulcast tracks within the estimate."""

from collections.abc import Mapping

from .api import Scheduler, hookimpl
from .schedulers.teaching import TeachingOptions, TeachingScheduler


class Simulcast:
    """Plugin `simulcast`. Its options are those of the teaching scheduler."""

    options_type = TeachingOptions

    def __init__(self, options: TeachingOptions) -> None:
        self._schedulers = {"teaching": TeachingScheduler(options)}

    @hookimpl
    def schedulers(self) -> Mapping[str, Scheduler]:
        return self._schedulers
