"""Signals of clients to one plugin: bounded, droppable, and handled beside its requests.

They have a queue of their own, so that a flood of them costs requests and joins no place in the
actor's mailbox. Handling is synchronous, so no request sees half of it.

The first after a rest is handled at once; what comes within `TICK_S` of it is handled together, so
that twenty who draw cost each listener one write for all of them, and not one for each.
"""

import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import structlog
import trio

from ..engine.errors import RequestDenied
from ..engine.ids import ParticipantId
from .messages import SignalRefused

if TYPE_CHECKING:
    from .plugin import PluginActor

MAX_WAITING: Final = 1_024
MAX_WAITING_OF_ONE: Final = 64  # So that one who floods costs the others nothing.
HANDLED_AT_ONCE: Final = 32  # Then the loop may breathe.
TICK_S: Final = 0.016  # A frame of a screen: nobody sees that it waited.
LIMIT_S: Final = 0.001  # Of CPU: the contract of `Signalling.handle_signal`.
REST_RATIO: Final = 9  # Whoever overruns rests so many times longer: it gets a tenth of the core.
TOLD_EVERY_S: Final = 1.0
WARNED_EVERY_S: Final = 60.0  # A busy machine makes every plugin slow at times; all are counted.

_log = structlog.get_logger()


class WaitingSignal(NamedTuple):
    """One signal that a client sent."""

    participant_id: ParticipantId
    ref: int
    body: msgspec.Raw


class SignalQueue:
    """What waits for one plugin of one room; it outlives the plugin's actor."""

    def __init__(self) -> None:
        self._waiting: deque[WaitingSignal] = deque()
        self._of_each: Counter[ParticipantId] = Counter()
        self._has_some = trio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, signal: WaitingSignal) -> bool:
        """Queue a signal; False: there is no place, and it is lost."""
        of_this = self._of_each[signal.participant_id]
        if len(self._waiting) >= MAX_WAITING or of_this >= MAX_WAITING_OF_ONE:
            return False
        self._of_each[signal.participant_id] = of_this + 1
        self._waiting.append(signal)
        self._has_some.set()
        return True

    def take(self) -> WaitingSignal:
        """Return the oldest; there must be one."""
        signal = self._waiting.popleft()
        self._of_each[signal.participant_id] -= 1
        if not self._of_each[signal.participant_id]:
            del self._of_each[signal.participant_id]
        return signal

    async def wait(self) -> None:
        """Wait until there is one. Always a checkpoint."""
        if not self._waiting:
            self._has_some = trio.Event()
        await self._has_some.wait()


class SignalDesk:
    """Handles the signals of one plugin, in one run of its actor."""

    def __init__(self, actor: "PluginActor", queue: SignalQueue) -> None:
        self._actor = actor
        self._queue = queue
        self._told_s: dict[ParticipantId, float] = {}
        self._warned_s = -WARNED_EVERY_S
        self._overruns = 0  # Since the last warning.

    async def run(self) -> None:
        """Handle what comes, for ever.

        Raises:
            Exception: The plugin's.
        """
        while True:
            await self._queue.wait()
            next_s = trio.current_time() + TICK_S
            overrun_s = 0.0
            with self._actor.gather_signals():
                for _ in range(min(HANDLED_AT_ONCE, len(self._queue))):
                    overrun_s = self._handle_timed(self._queue.take())
                    if overrun_s:
                        break
            if overrun_s:
                await trio.sleep(REST_RATIO * overrun_s)
            elif not len(self._queue):
                await trio.sleep_until(next_s)

    def _handle_timed(self, signal: WaitingSignal) -> float:
        """Handle one; return what it took of the core if that was too much, else 0.

        By the thread's own clock: on a busy machine a plugin is not to blame for the time in which
        others had the core.
        """
        started_s = time.thread_time()
        try:
            self._actor.handle_signal(signal)
        except RequestDenied as denial:
            self._actor.counters.signals_refused += 1
            self._tell(signal, denial)
        took_s = time.thread_time() - started_s
        if took_s <= LIMIT_S:
            return 0.0
        self._actor.counters.signal_overruns += 1
        self._overruns += 1
        now_s = self._actor.context.clock.now_s()
        if now_s - self._warned_s >= WARNED_EVERY_S:
            self._warned_s = now_s
            _log.warning(
                "plugin.signal_slow",
                plugin=self._actor.name,
                took_s=round(took_s, 6),
                overruns=self._overruns,
            )
            self._overruns = 0
        return took_s

    def _tell(self, signal: WaitingSignal, denial: RequestDenied) -> None:
        """Tell the client, at most once a second."""
        now_s = self._actor.context.clock.now_s()
        if now_s - self._told_s.get(signal.participant_id, -TOLD_EVERY_S) < TOLD_EVERY_S:
            return
        if len(self._told_s) > MAX_WAITING:
            self._told_s.clear()
        self._told_s[signal.participant_id] = now_s
        self._actor.tell_participant(
            signal.participant_id,
            SignalRefused(
                ref=signal.ref,
                code=denial.code,
                message=str(denial),
                retryable=denial.retryable,
            ),
        )
