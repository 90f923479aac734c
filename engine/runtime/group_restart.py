"""Restarts of groups: `ONE_FOR_ALL` and `REST_FOR_ONE`, one step at a time, in one task."""

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

import trio

from .child import Child, ChildState
from .exits import StopCause


class Strategy(Enum):
    """What the crash of one child does to the others; names and meaning are OTP's."""

    ONE_FOR_ONE = "one_for_one"
    """Nothing."""
    ONE_FOR_ALL = "one_for_all"
    """All are stopped, in reverse start order, and started again, in start order."""
    REST_FOR_ONE = "rest_for_one"
    """Those started after it are, in the same way."""


class Group(Protocol):
    """What a supervisor does for the restart of its group."""

    @property
    def is_running(self) -> bool: ...

    @property
    def children(self) -> tuple[Child, ...]: ...

    async def wait_stopped(self, child: Child) -> None: ...

    def restart_child(self, child: Child) -> None: ...


def affected_by(child: Child, children: Sequence[Child], strategy: Strategy) -> tuple[Child, ...]:
    """Who is restarted because `child` crashed, itself included, in start order."""
    if child not in children or strategy is Strategy.ONE_FOR_ONE:
        return (child,)
    if strategy is Strategy.ONE_FOR_ALL:
        return tuple(children)
    return tuple(children[children.index(child) :])


class GroupRestart:
    """Works off crashes until nobody waits: first stop what each crash affects, then start.

    A crash while it works, of a sibling or of a child just started, is one more crash to work off;
    the supervisor's intensity bounds how many there can be.
    """

    def __init__(self, group: Group, strategy: Strategy) -> None:
        self._group = group
        self._strategy = strategy
        self._crashed: list[Child] = []
        self._is_working = False

    def add(self, child: Child, nursery: trio.Nursery) -> None:
        """Have a crashed child, which is `WAITING`, restarted with all that it affects."""
        self._crashed.append(child)
        if not self._is_working:
            self._is_working = True
            nursery.start_soon(self._work_off, name="group restart")

    async def _work_off(self) -> None:
        # Shielded, because only the supervisor's own end may leave children waiting. It needs no
        # other: whoever is waited for here, the supervisor has asked to end.
        with trio.CancelScope(shield=True):
            while self._group.is_running:
                if self._crashed:
                    await self._stop_affected()
                elif (child := self._first_waiting()) is not None:
                    self._group.restart_child(child)
                    await child.wait_settled()
                else:
                    break
        self._is_working = False

    async def _stop_affected(self) -> None:
        children = self._group.children
        crashed = [child for child in children if child in self._crashed]
        self._crashed.clear()
        if not crashed:  # They were stopped for good in the meantime.
            return
        # The earliest affects all that later ones do.
        for child in reversed(affected_by(crashed[0], children, self._strategy)):
            if child.state in (ChildState.STARTING, ChildState.RUNNING):
                child.stop(StopCause.SIBLING_CRASHED, for_good=False)
                await self._group.wait_stopped(child)
                await child.wait_ended()

    def _first_waiting(self) -> Child | None:
        waiting = (child for child in self._group.children if child.state is ChildState.WAITING)
        return next(waiting, None)
