"""Gives the schedulers that come with the node, which fill slots with simulcast tracks."""

from collections.abc import Mapping

from .api import Scheduler, hookimpl
from .schedulers.filling import SchedulerOptions
from .schedulers.gallery import GalleryScheduler
from .schedulers.saver import SaverScheduler
from .schedulers.speaker import SpeakerScheduler
from .schedulers.teaching import TeachingScheduler


class Simulcast:
    """Plugin `simulcast`. Its options are those of its schedulers."""

    options_type = SchedulerOptions

    def __init__(self, options: SchedulerOptions) -> None:
        self._schedulers: dict[str, Scheduler] = {
            "teaching": TeachingScheduler(options),
            "speaker": SpeakerScheduler(options),
            "gallery": GalleryScheduler(options),
            "saver": SaverScheduler(options),
        }

    @hookimpl
    def schedulers(self) -> Mapping[str, Scheduler]:
        return self._schedulers
