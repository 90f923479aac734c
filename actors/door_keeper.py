"""When the room looks at its door: after news, and when a place was kept for long enough."""

from dataclasses import dataclass

import trio

from ..engine.runtime import ActorContext
from . import waiting
from .book import RoomBook
from .room_messages import ExpiryTick, ReviewTick


@dataclass(slots=True)
class DoorKeeper:
    """One for each run of the RoomActor; it has at most one timer of each kind."""

    book: RoomBook
    context: ActorContext
    _is_reviewing: bool = False
    _is_expiring: bool = False

    def look(self) -> None:
        """After each message of the room: set the timers that are needed."""
        door = self.book.site.door
        if not self._is_reviewing and (door.has_news or door.has_moved or door.to_review):
            self._review_in(waiting.SLICE_S)
        if not self._is_expiring and door.vacant_since_s:
            self._expire_in(waiting.KEEP_PLACE_S)

    def handle(self, message: ReviewTick | ExpiryTick) -> None:
        match message:
            case ReviewTick():
                self._is_reviewing = False
                again_s = waiting.review(self.book)
                if again_s is not None:
                    self._review_in(again_s)
            case ExpiryTick():
                self._is_expiring = False
                again_s = waiting.expire(self.book)
                if again_s is not None:
                    self._expire_in(again_s)

    def _review_in(self, delay_s: float) -> None:
        self._is_reviewing = True
        self.context.start_soon(self._tell_later, delay_s, ReviewTick())

    def _expire_in(self, delay_s: float) -> None:
        self._is_expiring = True
        self.context.start_soon(self._tell_later, delay_s, ExpiryTick())

    async def _tell_later(self, delay_s: float, message: ReviewTick | ExpiryTick) -> None:
        await trio.sleep(delay_s)
        self.context.ref.tell(message)
