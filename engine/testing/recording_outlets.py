"""Outlets without a network: what was sent to each connection, decoded, for tests to look at."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import trio

from ..ids import ConnectionId
from ..protocol.codec import decode_server
from ..protocol.envelope import ServerMessage
from ..protocol.server import Entries, Goodbye, ServerPush
from ..protocol.things import EntryInfo

T = TypeVar("T", bound=ServerMessage)


@dataclass(slots=True)
class RecordingOutlets:
    """Implements `actors.outlets.Outlets`. A closed connection records nothing more."""

    received: dict[ConnectionId, list[ServerPush]] = field(
        default_factory=lambda: defaultdict(list)
    )
    closed: set[ConnectionId] = field(default_factory=set)
    _changed: trio.Event = field(default_factory=trio.Event)

    def send(self, connection_id: ConnectionId, payload: bytes) -> None:
        if connection_id not in self.closed:
            self.received[connection_id].append(decode_server(payload))
            self._wake()

    def broadcast(
        self, connection_ids: Sequence[ConnectionId], *payloads: bytes, may_drop: bool = False
    ) -> None:
        for connection_id in connection_ids:
            for payload in payloads:
                self.send(connection_id, payload)

    def close(self, connection_id: ConnectionId, payload: bytes | None = None) -> None:
        if payload is not None:
            self.send(connection_id, payload)
        self.closed.add(connection_id)
        self._wake()

    def of_type(self, connection_id: ConnectionId, kind: type[T]) -> list[T]:
        """Return the messages of a type that a connection got, in order."""
        return [m for m in self.received[connection_id] if isinstance(m, kind)]

    def entries(self, connection_id: ConnectionId) -> list[EntryInfo]:
        """Return all entries pushed to a connection, in order."""
        pushes = self.of_type(connection_id, Entries)
        return [entry for push in pushes for entry in push.entries]

    def goodbye(self, connection_id: ConnectionId) -> Goodbye | None:
        """Return the last word on a closed connection."""
        last = self.received[connection_id][-1:] if connection_id in self.closed else []
        return last[0] if last and isinstance(last[0], Goodbye) else None

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition over what was sent; looked at after each message. Cancel-safe."""
        while not condition():
            await self._changed.wait()

    async def wait_for(
        self,
        connection_id: ConnectionId,
        kind: type[T],
        matches: Callable[[T], bool] = lambda message: True,
    ) -> T:
        """Wait for the first message of a type that matches, sent before or from now on."""

        def found() -> list[T]:
            return [m for m in self.of_type(connection_id, kind) if matches(m)]

        await self.wait_until(lambda: bool(found()))
        return found()[0]

    def _wake(self) -> None:
        changed, self._changed = self._changed, trio.Event()
        changed.set()
