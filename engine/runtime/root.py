"""The root of a supervision tree."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..clock import Clock, TrioClock
from .counters import Counters
from .group_restart import Strategy
from .intensity import RestartIntensity
from .registry import Registry
from .strict import is_strict_by_environment
from .supervisor import Supervisor
from .tree import Tree


@asynccontextmanager
async def open_supervisor(
    name: str,
    *,
    strategy: Strategy = Strategy.ONE_FOR_ONE,
    intensity: int = 3,
    period_s: float = 5.0,
    registry: Registry | None = None,
    clock: Clock | None = None,
    strict: bool | None = None,
) -> AsyncIterator[Supervisor]:
    """Open the root of a supervision tree around a body.

    When the body ends, by itself, by an error or cancelled, the children are stopped in reverse
    start order with `StopCause.SERVER_STOPPING`, each with its grace. Errors of the body come out
    as they are, in no exception group.

    Args:
        name: The first part of all paths below.
        strategy: What a crash of one child does to the others.
        intensity: Restarts that are borne within `period_s`, >= 0.
        period_s: Seconds, > 0.
        registry: None: a new one.
        clock: None: that of the trio loop.
        strict: Encode and decode every message and answer; None: as `EMPORION_STRICT` says.

    Raises:
        RestartIntensityExceeded: The root gave up; the body was cancelled and the children stopped.
    """
    tree = Tree(
        registry=registry if registry is not None else Registry(),
        clock=clock or TrioClock(),
        counters=Counters(),
        is_strict=is_strict_by_environment() if strict is None else strict,
    )
    supervisor = Supervisor(name, tree, strategy, RestartIntensity(intensity, period_s))
    async with supervisor.opened():
        yield supervisor
