"""How often older messages are asked for: each page is read from a file while the node waits.

What is kept here of a room lasts for seconds, and a crash may lose it.
"""

from collections import OrderedDict, deque
from typing import Final

from ..engine.errors import RequestDenied
from ..engine.ids import RoomId

ROOM_TIMES: Final = 10  # All people of a room together get so many times what one gets.
MAX_COUNTED: Final = 10_000  # Rooms and people; who has asked longest ago is forgotten first.


class HistoryPace:
    """Counts pages in a sliding window, for all rooms of the node."""

    def __init__(self, pages: int, window_s: float) -> None:
        self._pages = pages
        self._window_us = round(window_s * 1e6)
        self._times: OrderedDict[tuple[RoomId, str], deque[int]] = OrderedDict()

    def take(self, room_id: RoomId, identity: str, now_us: int) -> None:
        """Count one page at a moment of the session's clock.

        Raises:
            RequestDenied: `chat.history_rate_limited` (retryable); then it is not counted.
        """
        own = self._recent((room_id, identity), now_us)
        all_in_room = self._recent((room_id, ""), now_us)
        if len(own) >= self._pages or len(all_in_room) >= self._pages * ROOM_TIMES:
            raise RequestDenied(
                "Too many older messages at once; wait a little.",
                code="chat.history_rate_limited",
                retryable=True,
            )
        own.append(now_us)
        all_in_room.append(now_us)

    def _recent(self, who: tuple[RoomId, str], now_us: int) -> deque[int]:
        times = self._times.setdefault(who, deque())
        self._times.move_to_end(who)
        if len(self._times) > MAX_COUNTED:
            self._times.popitem(last=False)
        # The clock of a room that was opened anew begins anew.
        while times and not 0 <= now_us - times[0] < self._window_us:
            times.popleft()
        return times
