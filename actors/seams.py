"""What the actors need of the media, as small protocols that can be faked."""

from collections.abc import Mapping
from typing import Protocol

from ..engine.ids import SlotId, TrackId, TransportId
from ..engine.media import Layer, Source
from ..engine.transport.service import OpenedTransport


class Media(Protocol):
    """Transports. `engine.transport.service.MediaService` is it."""

    def open(self, offer: str, sources: Mapping[str, Source]) -> OpenedTransport:
        """Answer the one offer of a participant.

        Raises:
            RemoteProtocolError: `sdp.…`; nothing is left.
        """
        ...

    def restart(self, transport_id: TransportId, offer: str) -> str:
        """Answer an ICE restart.

        Raises:
            RemoteProtocolError: `sdp.…`; nothing has changed.
        """
        ...

    def close(self, transport_id: TransportId) -> None:
        """End a transport, with its tracks and slots; an unknown id is a no-op."""
        ...

    def want(self, transport_id: TransportId, wanted_bps: int) -> None:
        """Say what would be sent if the link carried it; 0: nothing more than now."""
        ...

    def pump(self) -> None:
        """Send what a change of the table made the forwarder say."""
        ...


class Table(Protocol):
    """The rows of the forwarding table that actors write; see `engine.forward.api.Forwarder`."""

    def add_track(self, track_id: TrackId, transport_id: TransportId, mid: str) -> None: ...
    def pause_track(self, track_id: TrackId, paused: bool) -> None: ...
    def remove_track(self, track_id: TrackId) -> None: ...
    def point_slot(self, slot_id: SlotId, track_id: TrackId, target: Layer) -> None: ...
    def clear_slot(self, slot_id: SlotId, track_id: TrackId | None = None) -> None: ...
    def save_data(self, transport_id: TransportId, is_saving: bool) -> None: ...
