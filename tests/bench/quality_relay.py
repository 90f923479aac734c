"""The relay in a thread of its own, beside Playwright's loop, and what its links have seen."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import trio

from emporion.engine.testing.network import NetworkProfile
from emporion.engine.testing.network.relay import Relay

T = TypeVar("T")
HOST = "127.0.0.1"
_PRIORITY = -15  # As nice(2) counts; root may.


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """Of the busiest client's way down, since `begin`."""

    p95_queueing_s: float
    p99_lateness_s: float  # By which the relay itself was late.


class RelayThread:
    """A running relay, spoken to from another thread."""

    def __init__(self, relay: Relay, token: trio.lowlevel.TrioToken) -> None:
        self._relay = relay
        self._token = token
        self.port = relay.port

    def begin(self) -> None:
        """Count from now on."""
        self._call(self._begin)

    def configure(self, profile: NetworkProfile) -> None:
        self._call(lambda: self._relay.configure(profile))

    def figures(self) -> LinkFigures:
        return self._call(self._figures)

    def _begin(self) -> None:
        for path in self._relay.paths:
            path.down.queueing.clear()
        self._relay.lateness.clear()

    def _figures(self) -> LinkFigures:
        busiest = max(self._relay.paths, key=lambda path: path.down.counters.offered)
        return LinkFigures(
            p95_queueing_s=busiest.down.queueing.quantile_s(0.95),
            p99_lateness_s=self._relay.lateness.quantile_s(0.99),
        )

    def _call(self, act: Callable[[], T]) -> T:
        return trio.from_thread.run_sync(act, trio_token=self._token)


@contextmanager
def relaying(server_port: int, profile: NetworkProfile, seed: int) -> Iterator[RelayThread]:
    """Relay to a server on loopback for the time of a block."""
    ready = threading.Event()
    made: list[tuple[Relay, trio.lowlevel.TrioToken, trio.CancelScope]] = []

    async def run() -> None:
        with suppress(PermissionError):  # Encoders on all cores must not make the network late.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PRIORITY)
        relay = Relay([HOST], 0, profile, seed=seed)
        with trio.CancelScope() as scope:
            made.append((relay, trio.lowlevel.current_trio_token(), scope))
            ready.set()
            await relay.run(server_port)

    thread = threading.Thread(target=trio.run, args=(run,), name="relay")
    thread.start()
    assert ready.wait(10), "the relay did not start"
    relay, token, scope = made[0]
    try:
        yield RelayThread(relay, token)
    finally:
        token.run_sync_soon(scope.cancel)
        thread.join(10)
