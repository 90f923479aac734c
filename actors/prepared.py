"""Media transports that were opened ahead of a join, until their owner says hello.

Nobody sees them: they are in no room and in no journal, send and receive nothing, and end with
the connection that asked for them.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from ..engine.errors import RequestDenied
from ..engine.ids import ConnectionId, TransportId
from ..engine.protocol.client import MediaOffer
from ..engine.transport.service import OpenedTransport
from .seams import Media

# Above these a join is as it would be without: the offer comes with the hello.
MAX_PREPARED: Final = 256  # 50 KiB each, in the forwarder, in ICE and in DTLS.
MAX_PREPARED_PER_TOKEN: Final = 16  # One token must not take the places of all.


def offer_needed() -> RequestDenied:
    """The refusal of a hello without an offer: nothing is prepared, or one has to wait."""
    return RequestDenied("Say hello with an offer.", code="media.offer_needed", retryable=True)


@dataclass(frozen=True, slots=True)
class _Prepared:
    transport: OpenedTransport
    token: str


class PreparedTransports:
    """By connection. For the trio thread only."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._by_connection: dict[ConnectionId, _Prepared] = {}
        self._owners: dict[TransportId, ConnectionId] = {}
        self._by_token: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._by_connection)

    def open(self, connection_id: ConnectionId, offer: MediaOffer, token: str) -> str:
        """Answer an offer; the transport waits for its owner from now on.

        Raises:
            RequestDenied: `media.prepared_already`; `media.busy`: too many wait.
            RemoteProtocolError: `sdp.…`.
        """
        if connection_id in self._by_connection:
            raise RequestDenied("The media is prepared already.", code="media.prepared_already")
        is_full = len(self._by_connection) >= MAX_PREPARED
        if is_full or self._by_token[token] >= MAX_PREPARED_PER_TOKEN:
            raise RequestDenied("Say hello with the offer.", code="media.busy", retryable=True)
        sources = {line.mid: line.source for line in offer.send_lines}
        opened = self._media.open(offer.sdp, sources)
        self._by_connection[connection_id] = _Prepared(replace(opened, answer=""), token)
        self._owners[opened.transport_id] = connection_id
        self._by_token[token] += 1
        return opened.answer

    def take(self, connection_id: ConnectionId) -> OpenedTransport | None:
        """Hand over a connection's transport; None: it has none, or it has ended."""
        prepared = self._by_connection.pop(connection_id, None)
        if prepared is None:
            return None
        self._owners.pop(prepared.transport.transport_id)
        self._by_token[prepared.token] -= 1
        if not self._by_token[prepared.token]:
            del self._by_token[prepared.token]
        return prepared.transport

    def close(self, connection_id: ConnectionId) -> None:
        """The connection has ended: so does what it prepared and did not use."""
        transport = self.take(connection_id)
        if transport is not None:
            self._media.close(transport.transport_id)

    def note_end(self, transport_id: TransportId) -> None:
        """A transport has ended by itself; unknown ones are somebody else's."""
        connection_id = self._owners.get(transport_id)
        if connection_id is not None:
            self.take(connection_id)
