"""All connections of a node by id: implements `actors.outlets.Outlets` for the actors.

Order. Each connection gets its messages in the order of the calls. A broadcast to more than
`DIRECT_RECEIVERS` goes to a queue that one task works off, oldest first, letting the loop breathe
after every batch. Whatever is for a connection that such a broadcast has yet to reach
(`Outlet.waiting_broadcasts`) queues behind it; everything else goes out at once.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import trio

from ..engine.ids import ConnectionId
from .close_code import CloseCode
from .outlet import PING_FRAME, Outlet, frame

DIRECT_RECEIVERS: Final = 256  # 2.5 ms of posts: what a loop that also carries audio can bear.
MAX_QUEUED_BROADCASTS: Final = 1024  # Beyond, the caller works some off itself: back-pressure.
DROP_ABOVE_BYTES: Final = 32 * 1024  # Unread: a second of a slow line. Signals would come late.
PING_INTERVAL_S: Final = 10.0
PONG_DEADLINE_S: Final = 10.0
_SWEEP_INTERVAL_S: Final = 1.0


@dataclass(slots=True)
class _Line:
    """One connection: its outlet, and how to have it closed."""

    outlet: Outlet
    close: Callable[[CloseCode], None]
    pinged_at_s: float = float("-inf")


@dataclass(slots=True)
class _Broadcast:
    """A broadcast on its way; `outlets[:served]` have it. `end`: close them after it."""

    lines: Sequence[_Line]
    framed: bytes
    messages: int  # In `framed`.
    end: CloseCode | None = None
    served: int = 0


@dataclass(frozen=True, slots=True)
class OutletStatistics:
    """Counters since the start (L4)."""

    connections: int
    queued_broadcasts: int
    messages_sent: int
    messages_unknown: int  # For a connection that is not (or no longer) there.
    messages_refused: int  # For a connection that is gone, ending or just cut.
    messages_dropped: int  # Might be lost, and the client was behind.
    connections_too_slow: int
    connections_silent: int  # Did not answer a ping.


class OutletTable:
    """See the module. `run` must be running; `add` and `remove` are the connection's."""

    def __init__(self) -> None:
        self._lines: dict[ConnectionId, _Line] = {}
        self._queue: deque[_Broadcast] = deque()
        self._work = trio.Event()
        self._sent = self._unknown = self._refused = self._too_slow = self._silent = 0
        self._dropped = 0

    # -- of the connection -----------------------------------------------------------------------

    def add(
        self, connection_id: ConnectionId, outlet: Outlet, close: Callable[[CloseCode], None]
    ) -> None:
        """Take in a connection; `close` starts its close handshake and must not wait."""
        self._lines[connection_id] = _Line(outlet, close)

    def remove(self, connection_id: ConnectionId) -> None:
        """Forget a connection; what is still queued for it goes nowhere."""
        self._lines.pop(connection_id, None)

    def count_too_slow(self) -> None:
        """A client was cut."""
        self._too_slow += 1

    # -- actors.outlets.Outlets ------------------------------------------------------------------

    def send(self, connection_id: ConnectionId, payload: bytes) -> None:
        line = self._lines.get(connection_id)
        if line is None:
            self._unknown += 1
        else:
            self._send_in_order([line], frame(payload))

    def broadcast(
        self, connection_ids: Sequence[ConnectionId], *payloads: bytes, may_drop: bool = False
    ) -> None:
        lines = [line for key in connection_ids if (line := self._lines.get(key)) is not None]
        self._unknown += len(payloads) * (len(connection_ids) - len(lines))
        if may_drop:
            ready = [line for line in lines if line.outlet.backlog_bytes <= DROP_ABOVE_BYTES]
            self._dropped += len(payloads) * (len(lines) - len(ready))
            lines = ready
        if lines:
            framed = b"".join(frame(payload) for payload in payloads)
            self._send_in_order(lines, framed, messages=len(payloads))

    def close(self, connection_id: ConnectionId, payload: bytes | None = None) -> None:
        self.close_with(connection_id, CloseCode.NORMAL, payload)

    def close_with(
        self, connection_id: ConnectionId, code: CloseCode, payload: bytes | None = None
    ) -> None:
        """As `close`, with a close code of its own."""
        line = self._lines.get(connection_id)
        if line is None:
            self._unknown += 1
        else:
            framed = frame(payload) if payload is not None else b""
            self._send_in_order([line], framed, end=code)

    def close_all(self, code: CloseCode, payload: bytes) -> None:
        """Say one thing to everybody and close; for the end of the node."""
        self._send_in_order(list(self._lines.values()), frame(payload), end=code)

    def statistics(self) -> OutletStatistics:
        return OutletStatistics(
            connections=len(self._lines),
            queued_broadcasts=len(self._queue),
            messages_sent=self._sent,
            messages_unknown=self._unknown,
            messages_refused=self._refused,
            messages_dropped=self._dropped,
            connections_too_slow=self._too_slow,
            connections_silent=self._silent,
        )

    # -- order -----------------------------------------------------------------------------------

    def _send_in_order(
        self,
        lines: Sequence[_Line],
        framed: bytes,
        end: CloseCode | None = None,
        *,
        messages: int = 1,
    ) -> None:
        broadcast = _Broadcast(lines, framed, messages, end)
        if len(lines) <= DIRECT_RECEIVERS and not (
            self._queue and any(line.outlet.waiting_broadcasts for line in lines)
        ):
            self._serve(broadcast)
            return
        for line in lines:
            line.outlet.waiting_broadcasts += 1
        self._queue.append(broadcast)
        self._work.set()
        while len(self._queue) > MAX_QUEUED_BROADCASTS:
            self._serve_oldest()

    def _serve_oldest(self) -> None:
        oldest = self._queue[0]
        before = oldest.served
        self._serve(oldest)
        for line in oldest.lines[before : oldest.served]:
            line.outlet.waiting_broadcasts -= 1
        if oldest.served == len(oldest.lines):
            self._queue.popleft()

    def _serve(self, broadcast: _Broadcast) -> None:
        """Post one batch of a broadcast."""
        batch = broadcast.lines[broadcast.served : broadcast.served + DIRECT_RECEIVERS]
        broadcast.served += len(batch)
        framed, sent = broadcast.framed, 0
        if framed:
            for line in batch:
                sent += line.outlet.post(framed)
            self._sent += sent * broadcast.messages
            self._refused += (len(batch) - sent) * broadcast.messages
        if broadcast.end is not None:
            for line in batch:
                line.outlet.end()
                line.close(broadcast.end)

    async def run(self) -> None:
        """Work off large broadcasts and watch for clients that are gone; until cancelled."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._work_off)
            nursery.start_soon(self._watch)

    async def _work_off(self) -> None:
        while True:
            await self._work.wait()
            self._work = trio.Event()
            while self._queue:
                self._serve_oldest()
                await trio.lowlevel.checkpoint()

    # -- ping and pong ---------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Ping who has been silent for 10 s; end who is silent for another 10 s.

        Anything a client sends proves that it lives, so a busy one costs no pings. One sweep over
        all of them a second instead of a task for each: a tenth of the memory and of the wake-ups.
        """
        while True:
            await trio.sleep(_SWEEP_INTERVAL_S)
            await self._watch_all()

    async def _watch_all(self) -> None:
        for number, line in enumerate(list(self._lines.values()), start=1):
            self._watch_one(line, trio.current_time())
            if number % DIRECT_RECEIVERS == 0:
                await trio.lowlevel.checkpoint()

    def _watch_one(self, line: _Line, now_s: float) -> None:
        outlet = line.outlet
        if now_s - outlet.heard_at_s < PING_INTERVAL_S:
            return
        if outlet.heard_at_s >= line.pinged_at_s:
            line.pinged_at_s = now_s
            outlet.post(PING_FRAME)
        elif now_s - line.pinged_at_s >= PONG_DEADLINE_S:
            self._silent += 1
            line.pinged_at_s = now_s  # Counted once; the close handshake has its own deadline.
            outlet.end()
            line.close(CloseCode.SILENT)
