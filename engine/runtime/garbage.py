"""The garbage collector, set for a process that serves: no pause grows with those who are here.

Everything dies by its reference count: who has left leaves no circles of references behind. So
CPython's rule, to look at all containers once they have grown by a quarter, stopped everything for
80 ms after 500 joins, for longer after more, and found nothing. Here only the youngest are looked
at, in 2 ms; and all of them when nobody is here, or when many more have gone than are here: for
what crashes leave, and plugins.
"""

import gc
from collections.abc import Callable
from typing import Final, NamedTuple

import trio

_NEW_CONTAINERS: Final = 10_000  # Before a look at the youngest.
_NEVER: Final = 1_000_000_000
_LOOK_EVERY_S: Final = 60.0
_GONE_AT_LEAST: Final = 1_000
_GONE_FOR_EACH_OPEN: Final = 5


class ConnectionCount(NamedTuple):
    """Who is connected, and how many have been and are no more."""

    open: int
    gone: int


def settle_garbage_collection() -> None:
    """Call once, when a server has started: what lives now is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_CONTAINERS, _NEVER, _NEVER)


async def collect_old_garbage(count_connections: Callable[[], ConnectionCount]) -> None:
    """Collect what those left who have gone, when it is worth a pause; until cancelled."""
    collected = 0
    while True:
        await trio.sleep(_LOOK_EVERY_S)
        count = count_connections()
        if is_worth_a_pause(count.open, count.gone - collected):
            gc.collect()
            collected = count.gone


def is_worth_a_pause(open_connections: int, gone_since: int) -> bool:
    """Say whether to look at all containers: 0.2 ms for each who is here."""
    if not open_connections:
        return gone_since > 0
    return gone_since >= max(_GONE_AT_LEAST, _GONE_FOR_EACH_OPEN * open_connections)
