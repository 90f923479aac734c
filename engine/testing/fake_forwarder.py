"""A forwarder that forwards nothing: it records what it is told and says what a test queues."""

from collections import deque
from collections.abc import Sequence

from ..errors import CoreMisuse
from ..forward.api import (
    Event,
    ForwarderStatistics,
    InboundLine,
    Output,
    SlotParameters,
    SrtpKeys,
    Timeout,
    Transmit,
)
from ..ids import SlotId, TrackId, TransportId
from ..media import Layer


class FakeForwarder:
    """Implements `Forwarder`; checks the misuse rules of its table, and nothing else.

    Attributes:
        transports: What was added, by transport.
        keys: Of those that are connected.
        received: Every datagram, in order.
        rows: What each slot shows: track and target layer.
        pacing_bps: As it was last set.
        probes: Transport, id and rate of those that were started.
        sent: What `take_sent` returns, once.
        calls: Names of the table calls, in order.
        next_timeout_s: What `poll_output` ends with.
    """

    def __init__(self) -> None:
        self.transports: dict[
            TransportId, tuple[tuple[InboundLine, ...], tuple[SlotParameters, ...]]
        ] = {}
        self.keys: dict[TransportId, SrtpKeys] = {}
        self.tracks: dict[TrackId, tuple[TransportId, str]] = {}
        self.paused: set[TrackId] = set()
        self.rows: dict[SlotId, tuple[TrackId, Layer]] = {}
        self.received: list[tuple[TransportId, bytes]] = []
        self.timeouts_s: list[float] = []
        self.pacing_bps: dict[TransportId, int] = {}
        self.probes: list[tuple[TransportId, int, int]] = []
        self.sent: dict[TransportId, tuple[int, bool]] = {}
        self.calls: list[str] = []
        self.next_timeout_s = float("inf")
        self._outputs: deque[Transmit | Event] = deque()

    def queue(self, output: Transmit | Event) -> None:
        """Have `poll_output` return this, after what was queued before."""
        self._outputs.append(output)

    # -- Forwarder -------------------------------------------------------------------------------

    def add_transport(
        self,
        transport_id: TransportId,
        lines: Sequence[InboundLine],
        slots: Sequence[SlotParameters],
    ) -> None:
        self.calls.append("add_transport")
        if transport_id in self.transports:
            raise CoreMisuse(f"Transport {transport_id} was added twice.")
        self.transports[transport_id] = (tuple(lines), tuple(slots))

    def connect_transport(self, transport_id: TransportId, keys: SrtpKeys, now_s: float) -> None:
        self.calls.append("connect_transport")
        if transport_id not in self.transports:
            raise CoreMisuse(f"Transport {transport_id} was never added.")
        self.keys[transport_id] = keys

    def remove_transport(self, transport_id: TransportId) -> None:
        self.calls.append("remove_transport")
        _, slots = self.transports.pop(transport_id, ((), ()))
        self.keys.pop(transport_id, None)
        for slot in slots:
            self.rows.pop(slot.slot_id, None)
        for track_id, (owner, _) in list(self.tracks.items()):
            if owner == transport_id:
                self.remove_track(track_id)

    def add_track(self, track_id: TrackId, transport_id: TransportId, mid: str) -> None:
        self.calls.append("add_track")
        if track_id in self.tracks:
            raise CoreMisuse(f"Track {track_id} was added twice.")
        if transport_id not in self.transports:
            raise CoreMisuse(f"Transport {transport_id} was never added.")
        self.tracks[track_id] = (transport_id, mid)

    def pause_track(self, track_id: TrackId, paused: bool) -> None:
        self.calls.append("pause_track")
        if track_id not in self.tracks:
            raise CoreMisuse(f"Track {track_id} was never added.")
        if paused:
            self.paused.add(track_id)
        else:
            self.paused.discard(track_id)

    def remove_track(self, track_id: TrackId) -> None:
        self.calls.append("remove_track")
        self.tracks.pop(track_id, None)
        self.paused.discard(track_id)
        for slot_id, (shown, _) in list(self.rows.items()):
            if shown == track_id:
                del self.rows[slot_id]

    def point_slot(self, slot_id: SlotId, track_id: TrackId, target: Layer) -> None:
        self.calls.append("point_slot")
        if track_id not in self.tracks:
            raise CoreMisuse(f"Track {track_id} was never added.")
        if not any(
            slot_id == slot.slot_id for _, slots in self.transports.values() for slot in slots
        ):
            raise CoreMisuse(f"Slot {slot_id} was never added.")
        self.rows[slot_id] = (track_id, target)

    def clear_slot(self, slot_id: SlotId, track_id: TrackId | None = None) -> None:
        self.calls.append("clear_slot")
        shown = self.rows.get(slot_id)
        if shown is not None and track_id in (None, shown[0]):
            del self.rows[slot_id]

    def save_data(self, transport_id: TransportId, is_saving: bool) -> None:
        self.calls.append("save_data")

    def set_pacing(self, transport_id: TransportId, pacing_bps: int) -> None:
        self.pacing_bps[transport_id] = pacing_bps

    def start_probe(
        self,
        transport_id: TransportId,
        probe_id: int,
        *,
        rate_bps: int,
        min_packets: int,
        min_bytes: int,
        duration_s: float,
        now_s: float,
    ) -> None:
        self.probes.append((transport_id, probe_id, rate_bps))

    def take_sent(self, transport_id: TransportId) -> tuple[int, bool]:
        return self.sent.pop(transport_id, (0, False))

    def handle_datagrams(
        self, datagrams: Sequence[tuple[TransportId, bytes]], now_s: float
    ) -> None:
        self.received.extend(datagrams)

    def handle_timeout(self, now_s: float) -> None:
        self.timeouts_s.append(now_s)

    def poll_output(self) -> Output:
        return self._outputs.popleft() if self._outputs else Timeout(self.next_timeout_s)

    def statistics(self) -> ForwarderStatistics:
        return ForwarderStatistics(
            transports=len(self.transports),
            tracks=len(self.tracks),
            slots=sum(len(slots) for _, slots in self.transports.values()),
            slots_pointed=len(self.rows),
            packets_received=len(self.received),
        )
