"""Which scheduler decides in a room: chosen by a host or from outside. A function over its book."""

from ..engine.errors import RequestDenied
from . import entries
from .book import RoomBook
from .hearing import Hearing, tell_participants
from .room_messages import ChooseScheduler


def choose(book: RoomBook, hearing: Hearing, message: ChooseScheduler) -> int:
    """Note the choice and have all schedules made anew; return the seq of the entry that says so.

    Raises:
        RequestDenied: `scheduler.unknown`.
    """
    template = book.site.template
    if message.scheduler not in template.schedulers:
        known = ", ".join(template.schedulers)
        raise RequestDenied(
            f"There is no scheduler {message.scheduler!r}; there are {known}.",
            code="scheduler.unknown",
        )
    if message.scheduler != template.scheduler_name(book.state.scheduler):
        book.append(
            entries.SCHEDULER_CHANGED,
            entries.SchedulerChangedBody(scheduler=message.scheduler),
            author=message.by,
        )
        tell_participants(book, hearing)
    return book.state.seq
