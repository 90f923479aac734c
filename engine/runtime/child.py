"""What a supervisor keeps of each child: the specification, the present run and the state."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Generic, Protocol, TypeVar

import trio

from .actor import Actor, Restart
from .counters import Counters
from .exits import ExitReason, StopCause, Stopped

M = TypeVar("M")

DEFAULT_MAILBOX_SIZE: Final = 256  # Messages: a burst of a full class room, about 50 KB.
DEFAULT_GRACE_S: Final = 5.0  # OTP's default shutdown time of a worker.


@dataclass(frozen=True, slots=True)
class ChildSpec(Generic[M]):
    """How to start one actor, and start it again.

    Attributes:
        name: Unique among the children of one supervisor; the last part of the path.
        factory: Makes a new actor for each run.
        restart: None: as the actor's class says.
        mailbox_size: Messages that may wait, >= 1.
        grace_s: Seconds for leaving `receive` when stopped, and as many again for `stopped()`.
    """

    name: str
    factory: Callable[[], Actor[M]]
    restart: Restart | None = None
    mailbox_size: int = DEFAULT_MAILBOX_SIZE
    grace_s: float = DEFAULT_GRACE_S


class ChildState(Enum):
    """STARTING → RUNNING → ENDED; a child that is restarted goes back to STARTING."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    """Ended, and will be started again when its group is."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ChildInfo:
    """What `which_children` tells of one child."""

    name: str
    path: str
    kind: str  # "actor" or "supervisor".
    state: ChildState
    restarts: int
    mailbox_depth: int


class Run(Protocol):
    """One run of a child: `live` returns why it ended. Only `end` ends it from outside."""

    async def live(self) -> ExitReason: ...

    def end(self, reason: ExitReason) -> None: ...


class Work(Protocol):
    """What a child does, over all its runs."""

    @property
    def kind(self) -> str: ...

    @property
    def restart(self) -> Restart: ...

    @property
    def mailbox_depth(self) -> int: ...

    @property
    def stop_limit_s(self) -> float:
        """Seconds after which a stop has taken too long."""
        ...

    def new_run(self, on_started: Callable[[], None]) -> Run: ...

    def close(self, reason: ExitReason) -> None:
        """It has ended for good: nobody can reach it any more."""
        ...

    def tell_watchers(self, reason: ExitReason) -> None: ...

    def log_fields(self) -> dict[str, object]: ...


class Child:
    """One entry in a supervisor's list. It knows how to run once; the supervisor decides what next.

    Attributes:
        is_wanted: False once it was asked to end for good.
        is_paused: True while it ends only because its group is restarted.
        first_failure: Why the first start failed, for the caller of `start_child`.
    """

    __slots__ = (
        "_counters",
        "_ended",
        "_run",
        "_settled",
        "first_failure",
        "is_paused",
        "is_wanted",
        "name",
        "path",
        "restarts",
        "started_at_s",
        "state",
        "stop_cause",
        "work",
    )

    def __init__(
        self, name: str, path: str, work: Work, *, counters: Counters, now_s: float
    ) -> None:
        self.name = name
        self.path = path
        self.work = work
        self.state = ChildState.STARTING
        self.is_wanted = True
        self.is_paused = False
        self.restarts = 0
        self.started_at_s = now_s
        self.first_failure: Exception | None = None
        self.stop_cause: StopCause | None = None
        self._counters = counters
        self._run: Run | None = None
        self._settled: trio.Event | None = trio.Event()
        self._ended: trio.Event | None = None

    def begin_run(self) -> Run:
        """A run for the present task to live; no `Exception` and no `Cancelled` comes out of it."""
        self._run = run = self.work.new_run(self._has_started)
        if self.stop_cause is not None:  # Stopped before this task had its first turn.
            run.end(Stopped(self.stop_cause))
        return run

    def stop(self, cause: StopCause, *, for_good: bool = True) -> None:
        """Ask the present run to end; the first cause stands."""
        if for_good:
            self.is_wanted = False
        else:
            self.is_paused = True
        if self.stop_cause is None:
            self.stop_cause = cause
            if self._run is not None:
                self._run.end(Stopped(cause))

    def stop_overloaded(self) -> None:
        self.stop(StopCause.OVERLOADED)

    def prepare_restart(self) -> None:
        """Make it as it was before its run, but for the count of restarts."""
        self.restarts += 1
        self.state = ChildState.STARTING
        self.stop_cause = None
        self.is_paused = False
        self._settled = trio.Event()

    def has_ended(self, state: ChildState) -> None:
        """Wake those who wait for the start or the end of this run."""
        self.state = state
        self._run = None
        self._settle()
        if self._ended is not None:
            self._ended.set()
            self._ended = None

    async def wait_settled(self) -> None:
        """Until this run has started, or failed to. Cancel-safe."""
        if self._settled is not None:
            await self._settled.wait()

    async def wait_ended(self) -> None:
        """Until this run has ended. Cancel-safe."""
        if self.state in (ChildState.WAITING, ChildState.ENDED):
            return
        if self._ended is None:
            self._ended = trio.Event()
        await self._ended.wait()

    def info(self) -> ChildInfo:
        return ChildInfo(
            name=self.name,
            path=self.path,
            kind=self.work.kind,
            state=self.state,
            restarts=self.restarts,
            mailbox_depth=self.work.mailbox_depth,
        )

    def _has_started(self) -> None:
        self.state = ChildState.RUNNING
        self._counters.started += 1
        self._settle()

    def _settle(self) -> None:
        if self._settled is not None:
            self._settled.set()
            self._settled = None
