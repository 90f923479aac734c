"""A supervisor as the child of another one."""

from collections.abc import Awaitable, Callable
from math import inf
from typing import TYPE_CHECKING

import trio

from .actor import Restart
from .exits import Crash, ExitReason, Normal, StopCause, Stopped

if TYPE_CHECKING:
    from .supervisor import Supervisor

StartChildren = Callable[["Supervisor"], Awaitable[object]]


class SupervisorRun:
    """One run of a nested supervisor, in its own shielded scope."""

    def __init__(
        self,
        supervisor: "Supervisor",
        start: StartChildren | None,
        on_started: Callable[[], None],
    ) -> None:
        self._supervisor = supervisor
        self._start = start
        self._on_started = on_started
        self._reason: ExitReason | None = None

    async def live(self) -> ExitReason:
        """Run to the end, all children included."""
        try:
            with trio.CancelScope(shield=True):
                async with self._supervisor.opened():
                    if self._reason is not None:  # It was stopped before its first step.
                        self.end(self._reason)
                        await trio.lowlevel.checkpoint()
                    if self._start is not None:
                        await self._start(self._supervisor)
                    self._on_started()
                    await trio.sleep_forever()
        except Exception as error:  # RestartIntensityExceeded, or the failed start of a child.
            return Crash(error)
        return self._reason or Normal()

    def end(self, reason: ExitReason) -> None:
        if self._reason is None:
            self._reason = reason
        cause = reason.cause if isinstance(reason, Stopped) else StopCause.SUPERVISOR
        self._supervisor.close_soon(cause)


class SupervisorWork:
    """The `Work` of a child that is a supervisor."""

    kind = "supervisor"
    mailbox_depth = 0
    stop_limit_s = inf  # As in OTP: its children have limits, and theirs add up.

    def __init__(
        self, supervisor: "Supervisor", restart: Restart, start: StartChildren | None
    ) -> None:
        self.supervisor = supervisor
        self.restart = restart
        self._start = start

    def new_run(self, on_started: Callable[[], None]) -> SupervisorRun:
        return SupervisorRun(self.supervisor, self._start, on_started)

    def close(self, reason: ExitReason) -> None:
        """Nothing is left: `opened` has ended all children."""

    def tell_watchers(self, reason: ExitReason) -> None:
        """Nobody watches a supervisor: they watch its actors."""

    def log_fields(self) -> dict[str, object]:
        return {}
