"""Supervisors: they start actors, start them again when they crash, and end them in order.

Theory of operation: each child runs in one task of the supervisor's nursery, shielded from every
cancel scope around it; a task is one run. When the run has ended, the same task decides what is
next (`_handle_end`): the child is forgotten and its watchers are told, or it is spawned again
(`ONE_FOR_ONE`), or it is left to the one task that restarts groups (`group_restart.py`). So no
child ever waits for the start of another, and between two runs there is no state but the `Child`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any, TypeVar

import structlog
import trio

from ..clock import Clock
from ..errors import ActorGone, LocalProtocolError, RestartIntensityExceeded
from .actor import Restart
from .actor_work import ActorWork
from .child import Child, ChildInfo, ChildSpec, ChildState, Work
from .counters import SupervisorStatistics
from .end_log import log_end
from .exits import Crash, ExitReason, StopCause, Stopped
from .group_restart import GroupRestart, Strategy
from .intensity import RestartIntensity
from .nested import StartChildren, SupervisorWork
from .ref import ActorRef
from .registry import Registry
from .tree import Tree
from .watchers import DownCallback

M = TypeVar("M")

_log = structlog.get_logger()


class Supervisor:
    """Made by `open_supervisor` and `start_supervisor`, never directly.

    Attributes:
        path: The root's is its name; below, `parent/name`.
    """

    def __init__(
        self, path: str, tree: Tree, strategy: Strategy, intensity: RestartIntensity
    ) -> None:
        self.path = path
        self.tree = tree
        self._strategy = strategy
        self._intensity = intensity
        self._children: dict[str, Child] = {}  # In start order.
        self._nursery: trio.Nursery | None = None  # None: not running.
        self._body: trio.CancelScope | None = None
        self._failure: RestartIntensityExceeded | None = None
        self._close_cause: StopCause | None = None
        self._group_restart = GroupRestart(self, strategy)

    @property
    def registry(self) -> Registry:
        return self.tree.registry

    @property
    def clock(self) -> Clock:
        return self.tree.clock

    @property
    def is_running(self) -> bool:
        """False before the body begins, and from the moment when the children are stopped."""
        return self._nursery is not None

    @property
    def children(self) -> tuple[Child, ...]:
        """In start order. For the runtime; others call `which_children`."""
        return tuple(self._children.values())

    async def start_child(self, spec: ChildSpec[M]) -> ActorRef[M]:
        """Start an actor and wait until its `started()` has returned.

        Cancel-safe: whoever stops waiting leaves no child behind. Many may start at a time.

        Raises:
            LocalProtocolError: The name is taken.
            ActorGone: The supervisor is not running, or the child was stopped while it started.
            Exception: Whatever `factory` or `started()` raised. The child is not kept.
        """
        self._check_free(spec.name)
        work = ActorWork(spec, self)
        child = self._new_child(spec.name, work)
        work.mailbox.on_overload = child.stop_overloaded
        await self._start(child)
        return work.ref

    async def start_supervisor(
        self,
        name: str,
        *,
        strategy: Strategy = Strategy.ONE_FOR_ONE,
        intensity: int = 3,
        period_s: float = 5.0,
        restart: Restart = Restart.TEMPORARY,
        start: StartChildren | None = None,
    ) -> "Supervisor":
        """Start a supervisor that is a child of this one.

        When it gives up, that is `Crash(RestartIntensityExceeded)` here. If it is restarted, it is
        the same object, empty, and `start` is called again; children that others added are gone,
        and their watchers were told.

        Args:
            name: Unique among the children.
            strategy: What a crash of one of its children does to the others.
            intensity: Restarts it bears within `period_s`, >= 0.
            period_s: Seconds, > 0.
            restart: Whether this supervisor starts it again.
            start: Starts its first children; its error is a failed start.

        Raises:
            LocalProtocolError: The name is taken.
            ActorGone: This supervisor is not running, or the other was stopped while it started.
            Exception: Whatever `start` raised.
        """
        self._check_free(name)
        path = f"{self.path}/{name}"
        nested = Supervisor(path, self.tree, strategy, RestartIntensity(intensity, period_s))
        work = SupervisorWork(nested, restart, start)
        await self._start(self._new_child(name, work))
        return nested

    async def stop_child(self, name: str, cause: StopCause = StopCause.SUPERVISOR) -> None:
        """End a child for good and wait until it has ended and its watchers were told.

        Nothing happens if there is none of this name: it may just have ended. Cancel-safe: the
        child ends all the same. An actor that stops itself is cancelled here, and that ends it.
        """
        child = self._children.get(name)
        if child is None:
            return
        if child.state is ChildState.WAITING:
            self._forget(child, Stopped(cause))
            return
        child.stop(cause)
        await self.wait_stopped(child)
        await child.wait_ended()

    def which_children(self) -> tuple[ChildInfo, ...]:
        """The children, in start order."""
        return tuple(child.info() for child in self._children.values())

    def watch(self, ref: ActorRef[Any], by: DownCallback) -> Callable[[], None]:
        """Call `by(Down(ref, reason))` exactly once, when the actor has ended for good.

        It is called from the ending actor's task, after the ref is dead and the registry has
        forgotten it, and before `stop_child` returns; at once if the actor has ended already. It
        must not wait and should not raise; `tell` a message that is `Overflow.ACCEPT`.

        Returns:
            A function that ends the watch.
        """
        return ref.watchers.add(by, ref)

    def statistics(self) -> SupervisorStatistics:
        """A snapshot; costs about 0.5 µs for each actor below."""
        depths: list[int] = []
        supervisors = self._measure(depths)
        return SupervisorStatistics(
            actors=len(depths),
            supervisors=supervisors,
            mailbox_depth=sum(depths),
            mailbox_depth_max=max(depths, default=0),
            **asdict(self.tree.counters),
        )

    def close_soon(self, cause: StopCause) -> None:
        """End this supervisor: its children are stopped with this cause, in reverse order."""
        if self._close_cause is None:
            self._close_cause = cause
        if self._body is not None:
            self._body.cancel()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Run the body while children may live; at its end, however it ends, they are stopped.

        Raises:
            RestartIntensityExceeded: This supervisor gave up; the body was cancelled.
        """
        body_error: BaseException | None = None
        self._failure = self._close_cause = None
        self._intensity.reset()
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            try:
                with trio.CancelScope() as self._body:
                    yield
            except BaseException as error:  # Raised again below, where no nursery wraps it.
                body_error = error
            with trio.CancelScope(shield=True):
                await self._stop_children()
        if self._failure is not None:
            raise self._failure from body_error
        if body_error is not None:
            raise body_error

    async def wait_stopped(self, child: Child) -> None:
        """Until the child has ended, or its grace is over and the overrun was logged.

        There is no kill: code that shields itself, or never waits, cannot be ended from outside.
        """
        limit_s = child.work.stop_limit_s
        with trio.move_on_after(limit_s) as scope:
            await child.wait_ended()
        if scope.cancelled_caught:
            self.tree.counters.grace_overruns += 1
            _log.warning("actor.grace_exceeded", actor=child.path, grace_s=limit_s)

    def restart_child(self, child: Child) -> None:
        """Begin the next run of a child that has ended, if it is still wanted."""
        if not child.is_wanted:
            self._forget(child, Stopped(child.stop_cause or StopCause.SUPERVISOR))
            return
        child.prepare_restart()
        self.tree.counters.restarts += 1
        self._spawn(child)

    async def _stop_children(self) -> None:
        cause = self._close_cause or StopCause.SERVER_STOPPING
        if self._failure is not None:
            cause = StopCause.SUPERVISOR
        self._nursery = self._body = None  # No more starts, and no restarts.
        for child in reversed(self.children):
            if child.state is ChildState.WAITING:
                self._forget(child, Stopped(cause))
            else:
                child.stop(cause)
                await self.wait_stopped(child)

    def _new_child(self, name: str, work: Work) -> Child:
        counters, now_s = self.tree.counters, self.clock.now_s()
        return Child(name, f"{self.path}/{name}", work, counters=counters, now_s=now_s)

    def _check_free(self, name: str) -> None:
        if self._nursery is None:
            raise ActorGone(f"supervisor {self.path} is not running, so it cannot start {name}")
        if name in self._children:
            raise LocalProtocolError(
                f"supervisor {self.path} has a child {name} already; stop it first"
            )

    async def _start(self, child: Child) -> None:
        self._children[child.name] = child
        self._spawn(child)
        try:
            await child.wait_settled()
        except trio.Cancelled:
            child.stop(StopCause.SUPERVISOR)
            raise
        if child.first_failure is not None:
            raise child.first_failure

    def _spawn(self, child: Child) -> None:
        assert self._nursery is not None, "whoever calls has checked that the supervisor runs"
        self._nursery.start_soon(self._tend, child, name=child.path)

    async def _tend(self, child: Child) -> None:
        structlog.contextvars.clear_contextvars()  # Those of whoever started this task.
        structlog.contextvars.bind_contextvars(actor=child.path)
        reason: ExitReason = Stopped(StopCause.SUPERVISOR)
        try:
            reason = await child.begin_run().live()
        except BaseException as error:  # KeyboardInterrupt and the like: the whole tree ends.
            child.is_wanted = False
            reason = Crash(error)
            raise
        finally:
            self._handle_end(child, reason)

    def _handle_end(self, child: Child, reason: ExitReason) -> None:
        if isinstance(reason, Crash):
            self.tree.counters.crashes += 1
        if child.state is ChildState.STARTING and child.restarts == 0:
            child.first_failure = _start_failure(child, reason)
            self._forget(child, reason)
        elif not self._is_to_be_restarted(child, reason):
            self._forget(child, reason)
        elif child.is_paused:
            child.has_ended(ChildState.WAITING)
        elif self._intensity.admit(self.clock.now_s()):
            self._restart(child, reason)
        else:
            self._forget(child, reason)
            self._give_up(child, reason)

    def _is_to_be_restarted(self, child: Child, reason: ExitReason) -> bool:
        if self._nursery is None or not child.is_wanted:
            return False
        if child.work.restart is Restart.TRANSIENT:
            return child.is_paused or isinstance(reason, Crash)
        return child.work.restart is Restart.PERMANENT

    def _restart(self, child: Child, reason: ExitReason) -> None:
        assert self._nursery is not None, "_is_to_be_restarted says so"
        log_end(child, reason, now_s=self.clock.now_s(), will_restart=True)
        child.has_ended(ChildState.WAITING)
        if self._strategy is Strategy.ONE_FOR_ONE:
            self.restart_child(child)
        else:
            self._group_restart.add(child, self._nursery)

    def _give_up(self, child: Child, reason: ExitReason) -> None:
        limit = f"{self._intensity.restarts} restarts in {self._intensity.period_s} s"
        self._failure = RestartIntensityExceeded(
            f"supervisor {self.path} gives up: {child.path} ended ({reason}) after {limit}"
        )
        _log.error("supervisor.gave_up", supervisor=self.path, actor=child.path, limit=limit)
        self._nursery = None
        self.close_soon(StopCause.SUPERVISOR)

    def _forget(self, child: Child, reason: ExitReason) -> None:
        del self._children[child.name]
        child.work.close(reason)
        self.tree.counters.ended += 1
        child.work.tell_watchers(reason)
        child.has_ended(ChildState.ENDED)
        # The log comes last, so that no failure of it can cost a watcher its Down.
        log_end(child, reason, now_s=self.clock.now_s(), will_restart=False)

    def _measure(self, depths: list[int]) -> int:
        supervisors = 1
        for child in self._children.values():
            if isinstance(child.work, SupervisorWork):
                supervisors += child.work.supervisor._measure(depths)
            else:
                depths.append(child.work.mailbox_depth)
        return supervisors


def _start_failure(child: Child, reason: ExitReason) -> Exception:
    if isinstance(reason, Crash) and isinstance(reason.error, Exception):
        return reason.error
    return ActorGone(f"{child.path} ended ({reason}) while it started")
