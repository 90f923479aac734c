"""One room on one forwarder: publishers, viewers behind links, and the policy between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from ...engine.congestion.api import TICK_S, Estimator
from ...engine.congestion.receiver_estimate import START_BPS
from ...engine.forward.api import (
    AudioHeard,
    FanOut,
    SlotParameters,
    SlotSwitched,
    Timeout,
    TrackRates,
    Transmit,
)
from ...engine.forward.reference import ReferenceForwarder
from ...engine.ids import ParticipantId, TrackId, TransportId
from ...engine.media import Layer
from ...engine.transport.rate_control import RateControl
from ...engine.transport.transport import EstimateChanged, MediaEvent, TransportConnected
from ..schedulers.steadiness import Steadiness
from ..schedulers.wanted_rate import wanted_bps
from ..scheduling import OfferedTrack, Scheduler, Situation, Slot, SlotDecision, WantedTile
from .publisher import Published, Publisher
from .viewer import Viewer
from .virtual_time import VirtualTime
from .wire import Wire

SCHEDULE_INTERVAL_S: Final = 1.0  # At the latest; at once when an estimate changes.


@dataclass(slots=True)
class Seat:
    """A viewer with its link, what was decided for it, and what became of that.

    Attributes:
        switches: When the first packet of another track or layer was sent in a slot.
        rows: When a slot was given something to show, or nothing any more.
        estimates: When the estimate changed, and to how many bit/s.
    """

    viewer: Viewer
    down: Wire
    up: Wire
    tiles: tuple[WantedTile, ...] | None = None
    available_bps: int = START_BPS
    wanted_bps: int | None = None
    decisions: tuple[SlotDecision, ...] = ()
    steadiness: Steadiness = field(default_factory=Steadiness)
    pointed: dict[int, tuple[TrackId, Layer]] = field(default_factory=dict)
    switches: list[tuple[float, SlotSwitched]] = field(default_factory=list)
    rows: list[tuple[float, int, bool]] = field(default_factory=list)
    estimates: list[tuple[float, int]] = field(default_factory=list)


class Room:
    """See the module."""

    def __init__(self, time: VirtualTime, scheduler: Scheduler, estimator: Estimator) -> None:
        self.time = time
        self.forwarder = ReferenceForwarder()
        self._rates = RateControl(estimator, self.forwarder, clock=time, on_event=self._note)
        self.publishers: dict[TransportId, Publisher] = {}
        self.seats: dict[TransportId, Seat] = {}
        self._scheduler = scheduler
        self._offered: dict[TrackId, OfferedTrack] = {}
        self._speakers: list[ParticipantId] = []
        self._wake_s = float("inf")
        time.every(SCHEDULE_INTERVAL_S, self._schedule_all)
        time.every(TICK_S, self._estimate)

    def add_publisher(self, publisher: Publisher) -> None:
        """Let somebody in who publishes what it has."""
        self.publishers[publisher.transport_id] = publisher
        self.forwarder.add_transport(publisher.transport_id, publisher.lines(), ())
        self.forwarder.connect_transport(publisher.transport_id, publisher.keys, self.time.now_s())
        for track in publisher.tracks:
            self.forwarder.add_track(track.track_id, publisher.transport_id, track.mid)
            self._offered[track.track_id] = _offer(publisher, track)
        self._drain()

    def add_viewer(self, seat: Seat) -> None:
        """Let somebody in who watches."""
        viewer = seat.viewer
        self.seats[viewer.transport_id] = seat
        self.forwarder.add_transport(viewer.transport_id, (), viewer.slots)
        self.forwarder.connect_transport(viewer.transport_id, viewer.keys, self.time.now_s())
        self._rates.handle(TransportConnected(viewer.transport_id, ice_s=0.0, dtls_s=0.0))
        self._schedule(seat)
        self._drain()

    def receive(self, transport_id: TransportId, datagrams: Sequence[bytes]) -> None:
        """Take in what the server's socket reads."""
        batch = [(transport_id, datagram) for datagram in datagrams]
        self.forwarder.handle_datagrams(batch, self.time.now_s())
        self._drain()

    def _drain(self) -> None:
        while not isinstance(output := self.forwarder.poll_output(), Timeout):
            if isinstance(output, Transmit):
                self._transmit(output)
            elif isinstance(output, FanOut):
                for transport_id, datagram in zip(
                    output.transport_ids, output.datagrams, strict=True
                ):
                    self._send(transport_id, datagram)
            else:
                self._rates.handle(output)
        if output.at_s < self._wake_s:
            self._wake_s = output.at_s
            self.time.at(output.at_s, self._wake)

    def _estimate(self) -> None:
        self._rates.handle_timeout(self.time.now_s())
        self._drain()

    def _wake(self) -> None:
        if self.time.now_s() >= self._wake_s:
            self._wake_s = float("inf")
            self.forwarder.handle_timeout(self.time.now_s())
            self._drain()

    def _transmit(self, output: Transmit) -> None:
        data = bytes(output.data)
        for start in range(0, len(data), output.segment_bytes):
            self._send(output.transport_id, data[start : start + output.segment_bytes])

    def _send(self, transport_id: TransportId, datagram: bytes) -> None:
        seat = self.seats.get(transport_id)
        if seat is not None:
            seat.down.send(datagram)
        else:
            self.publishers[transport_id].handle_rtcp(datagram)

    def _note(self, event: MediaEvent) -> None:
        match event:
            case TrackRates(track_id=track_id, codec=codec, encoding_bps=rates):
                offered = self._offered[track_id]
                self._offered[track_id] = msgspec.structs.replace(
                    offered, codec=codec, encoding_bps=rates
                )
            case AudioHeard(track_id=track_id):
                speaker = self._offered[track_id].participant_id
                others = [each for each in self._speakers if each != speaker]
                self._speakers = [speaker, *others]
            case SlotSwitched(transport_id=transport_id):
                self.seats[transport_id].switches.append((self.time.now_s(), event))
            case EstimateChanged(transport_id=transport_id, available_bps=available_bps):
                self._take_estimate(self.seats[transport_id], available_bps)
            case _:
                pass

    def _take_estimate(self, seat: Seat, available_bps: int) -> None:
        seat.available_bps = available_bps
        seat.estimates.append((self.time.now_s(), available_bps))
        self._schedule(seat)

    def _schedule_all(self) -> None:
        for seat in self.seats.values():
            self._schedule(seat)
        self._drain()

    def _tell_wanted(self) -> None:
        """Encoders make what somebody watches, as the room tells its publishers."""
        wanted: dict[TrackId, int] = {}
        for seat in self.seats.values():
            for track_id, target in seat.pointed.values():
                wanted[track_id] = max(wanted.get(track_id, 0), target.spatial)
        for publisher in self.publishers.values():
            for picture in publisher.pictures:
                picture.wanted = wanted.get(picture.track.track_id, -1)

    def _schedule(self, seat: Seat) -> None:
        situation = Situation(
            slots=[_to_slot(slot) for slot in seat.viewer.slots],
            tracks=list(self._offered.values()),
            tiles=seat.tiles,
            speakers=tuple(self._speakers),
            available_bps=seat.available_bps,
            regrets=seat.steadiness.regrets(self.time.now_s()),
        )
        previous = seat.decisions
        seat.decisions = self._scheduler.schedule(situation, previous)
        seat.steadiness.note(previous, seat.decisions, self.time.now_s(), seat.available_bps)
        wanted = wanted_bps(self._scheduler, situation, seat.decisions)
        if wanted != seat.wanted_bps:
            seat.wanted_bps = wanted
            self._rates.want(seat.viewer.transport_id, wanted)
        for slot, decision in zip(seat.viewer.slots, seat.decisions, strict=True):
            self._write_row(seat, slot, decision)
        self._tell_wanted()

    def _write_row(self, seat: Seat, slot: SlotParameters, decision: SlotDecision) -> None:
        before = seat.pointed.pop(slot.index, None)
        if decision.track_id is None or decision.target is None:
            if before is not None:
                self.forwarder.clear_slot(slot.slot_id)
                seat.rows.append((self.time.now_s(), slot.index, False))
            return
        wanted = (decision.track_id, decision.target)
        seat.pointed[slot.index] = wanted
        if before is None:
            seat.rows.append((self.time.now_s(), slot.index, True))
        if wanted != before:
            self.forwarder.point_slot(slot.slot_id, *wanted)


def _offer(publisher: Publisher, track: Published) -> OfferedTrack:
    return OfferedTrack(
        track_id=track.track_id,
        participant_id=publisher.participant_id,
        role=publisher.role,
        source=track.source,
        muted=False,
        width_px=track.width_px,
        height_px=track.height_px,
        encodings=max(1, len(track.encodings)),
    )


def _to_slot(slot: SlotParameters) -> Slot:
    return Slot(
        index=slot.index, kind=slot.kind, codecs=tuple(codec.codec for codec in slot.codecs)
    )
