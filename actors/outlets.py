"""The way out to clients: the interface that the actors own and the gateway implements.

A payload is one encoded server message (`engine.protocol.codec.encode_server`). Nothing here ever
waits: what a client does not read is kept for it up to a limit, and a client that falls behind
more than that loses its connection (`Classroom.connection_lost` follows), never the room its pace.
"""

from collections.abc import Sequence
from typing import Protocol

from ..engine.ids import ConnectionId


class Outlets(Protocol):
    """All connections of this node, by id. Unknown and closed ids are counted no-ops."""

    def send(self, connection_id: ConnectionId, payload: bytes) -> None:
        """Queue one message for one connection, behind everything queued for it before."""
        ...

    def broadcast(
        self, connection_ids: Sequence[ConnectionId], *payloads: bytes, may_drop: bool = False
    ) -> None:
        """Queue messages for many connections; each is framed once, and all go out in one write.

        Each connection gets its messages in the order of the calls, `send` and `broadcast`
        alike. Up to 256 connections are served before the call returns; for more, a task of the
        outlets' own goes on, in order, and lets the loop breathe every 256.

        Args:
            connection_ids: N receivers; the sequence must not change afterwards (pass a tuple).
            payloads: Encoded server messages, in order.
            may_drop: Leave out who is behind in reading: the messages would come too late.
        """
        ...

    def close(self, connection_id: ConnectionId, payload: bytes | None = None) -> None:
        """End a connection once what is queued for it, and then `payload` (a `Goodbye`), is out."""
        ...
