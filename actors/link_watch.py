"""Whose link suffers, for the hosts of a room. State of the RoomActor that is no entry."""

from typing import Final

import trio

from ..engine.ids import ParticipantId
from ..engine.protocol.codec import encode_server
from ..engine.protocol.server import LinksChanged
from ..engine.runtime import ActorContext
from .book import RoomBook
from .delivery import NOTHING, Summary
from .room_messages import LinkNoted, LinksTick

TELL_S: Final = 2.0  # Who suffers for a moment only is not worth a host's glance.
MOST_SHOWN: Final = 50  # In a briefing of ten thousand a host is shown the worst.


class LinkWatch:
    """Takes in what participants say of their links, and tells the hosts now and then."""

    def __init__(self, book: RoomBook, context: ActorContext) -> None:
        self._book = book
        self._context = context
        self._levels: dict[ParticipantId, str] = {}  # Of those who suffer.
        self._people = book.state.participants  # When they were last looked at.
        self._is_due = False
        if book.site.room_runs > 1:  # Who suffered before the crash may be gone.
            self._tell_soon()

    def handle(self, message: LinkNoted | LinksTick) -> None:
        """Take in one word, or tell."""
        if isinstance(message, LinksTick):
            self._is_due = False
            self._tell()
            return
        if message.level:
            self._levels[message.participant_id] = message.level
        else:
            self._levels.pop(message.participant_id, None)
        self._tell_soon()

    def look(self) -> None:
        """Notice that somebody has left, with its mark."""
        people = self._book.state.participants
        if people is not self._people:
            self._people = people
            if self._levels:
                self._tell_soon()

    def _tell_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._context.start_soon(self._tell_later)

    def _tell(self) -> None:
        here = self._book.state.participants
        self._levels = {who: level for who, level in self._levels.items() if who in here}
        worst = sorted(self._levels.items(), key=lambda item: item[1] != "paused")
        message = LinksChanged(levels=dict(worst[:MOST_SHOWN]))
        self._book.delivery.summarize("room.links", Summary(encode_server(message), NOTHING))

    async def _tell_later(self) -> None:
        await trio.sleep(TELL_S)
        self._context.ref.tell(LinksTick())
