"""A media service without sockets: opens transports, keeps the table, says what a test wants."""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..errors import CoreMisuse, RemoteProtocolError
from ..forward.api import (
    AudioHeard,
    CodecMap,
    ExtensionIds,
    InboundLine,
    SlotParameters,
    SlotSwitched,
    TrackRates,
)
from ..ids import SlotId, TrackId, TransportId, new_slot_id, new_transport_id
from ..media import Codec, Kind, Layer, Source
from ..transport.service import OpenedTransport
from ..transport.transport import CloseCause, EstimateChanged, MediaEvent, TransportClosed

_OFFER: Final = re.compile(r"^fake offer audio=(\d+) video=(\d+)$")
_VP8: Final = CodecMap(codec=Codec.VP8, payload_type=96, rtx_payload_type=97, clock_rate_hz=90_000)
_OPUS: Final = CodecMap(
    codec=Codec.OPUS, payload_type=111, rtx_payload_type=None, clock_rate_hz=48_000
)
_RIDS: Final = {Source.CAMERA: ("l", "m", "h"), Source.SCREEN: ("l", "h")}


def fake_offer(*, audio: int = 3, video: int = 4) -> str:
    """Return an offer with so many slots, which only a `FakeMedia` answers."""
    return f"fake offer audio={audio} video={video}"


@dataclass(slots=True)
class FakeTrack:
    """A track in the table."""

    transport_id: TransportId
    mid: str
    paused: bool = False


@dataclass(slots=True)
class FakeMedia:
    """Stands for `MediaService` and its forwarder together.

    `switches_at_once`: a pointed slot is reported as switched in the same moment. The table raises
    `CoreMisuse` where the reference forwarder does.
    """

    on_event: Callable[[MediaEvent], None] = lambda event: None
    switches_at_once: bool = True
    transports: dict[TransportId, OpenedTransport] = field(default_factory=dict)
    tracks: dict[TrackId, FakeTrack] = field(default_factory=dict)
    rows: dict[SlotId, tuple[TrackId, Layer]] = field(default_factory=dict)
    closed: list[TransportId] = field(default_factory=list)
    savers: set[TransportId] = field(default_factory=set)
    pumps: int = 0
    wanted_bps: dict[TransportId, int] = field(default_factory=dict)
    _timestamps: "itertools.count[int]" = field(default_factory=lambda: itertools.count(90_000, 3))

    # -- transports ------------------------------------------------------------------------------

    def open(self, offer: str, sources: Mapping[str, Source]) -> OpenedTransport:
        """Answer a `fake_offer`; anything else is refused with `sdp.malformed`."""
        match = _OFFER.match(offer)
        if match is None:
            raise RemoteProtocolError("This is no fake offer.", code="sdp.malformed")
        audio, video = int(match[1]), int(match[2])
        kinds = [Kind.AUDIO] * audio + [Kind.VIDEO] * video
        opened = OpenedTransport(
            transport_id=new_transport_id(),
            answer="fake answer",
            lines=tuple((_line(mid, source), source) for mid, source in sources.items()),
            slots=tuple(_slot(index, kind) for index, kind in enumerate(kinds)),
        )
        self.transports[opened.transport_id] = opened
        return opened

    def restart(self, transport_id: TransportId, offer: str) -> str:
        if transport_id not in self.transports:
            raise RemoteProtocolError("The transport has ended.", code="sdp.transport_gone")
        return "fake restarted answer"

    def close(self, transport_id: TransportId) -> None:
        opened = self.transports.pop(transport_id, None)
        if opened is None:
            return
        self.closed.append(transport_id)
        for track_id in [
            t for t, track in self.tracks.items() if track.transport_id == transport_id
        ]:
            self.remove_track(track_id)
        for slot in opened.slots:
            self.rows.pop(slot.slot_id, None)

    def want(self, transport_id: TransportId, wanted_bps: int) -> None:
        self.wanted_bps[transport_id] = wanted_bps

    def pump(self) -> None:
        self.pumps += 1

    # -- the table -------------------------------------------------------------------------------

    def add_track(self, track_id: TrackId, transport_id: TransportId, mid: str) -> None:
        if transport_id not in self.transports:
            raise CoreMisuse(f"there is no transport {transport_id}")
        if track_id in self.tracks:
            raise CoreMisuse(f"track {track_id} is added twice")
        if any(t.transport_id == transport_id and t.mid == mid for t in self.tracks.values()):
            raise CoreMisuse(f"line {mid} of {transport_id} already has a track")
        self.tracks[track_id] = FakeTrack(transport_id, mid)

    def pause_track(self, track_id: TrackId, paused: bool) -> None:
        if track_id not in self.tracks:
            raise CoreMisuse(f"there is no track {track_id}")
        self.tracks[track_id].paused = paused

    def remove_track(self, track_id: TrackId) -> None:
        self.tracks.pop(track_id, None)
        self.rows = {slot: row for slot, row in self.rows.items() if row[0] != track_id}

    def point_slot(self, slot_id: SlotId, track_id: TrackId, target: Layer) -> None:
        transport_id = self._transport_of(slot_id)
        if track_id not in self.tracks:
            raise CoreMisuse(f"there is no track {track_id}")
        before = self.rows.get(slot_id)
        self.rows[slot_id] = (track_id, target)
        if self.switches_at_once:
            self._report_switch(transport_id, slot_id, before)

    def clear_slot(self, slot_id: SlotId, track_id: TrackId | None = None) -> None:
        row = self.rows.get(slot_id)
        if row is not None and track_id in (None, row[0]):
            del self.rows[slot_id]

    def save_data(self, transport_id: TransportId, is_saving: bool) -> None:
        if is_saving:
            self.savers.add(transport_id)
        else:
            self.savers.discard(transport_id)

    # -- what a test makes it say ----------------------------------------------------------------

    def switch(self, slot_id: SlotId) -> SlotSwitched:
        """Report that a pointed slot shows its track now."""
        return self._report_switch(self._transport_of(slot_id), slot_id, None)

    def hear(self, track_id: TrackId, level_dbov: int = -30) -> None:
        self.on_event(AudioHeard(track_id=track_id, level_dbov=level_dbov))

    def measure(self, track_id: TrackId, *encoding_bps: int, codec: Codec = Codec.VP8) -> None:
        self.on_event(TrackRates(track_id=track_id, codec=codec, encoding_bps=encoding_bps))

    def estimate(self, transport_id: TransportId, available_bps: int) -> None:
        self.on_event(EstimateChanged(transport_id=transport_id, available_bps=available_bps))

    def lose(self, transport_id: TransportId, cause: CloseCause) -> None:
        """End a transport as its peer or the network does."""
        self.close(transport_id)
        self.on_event(TransportClosed(transport_id=transport_id, cause=cause))

    def shown(self, transport_id: TransportId) -> dict[int, tuple[TrackId, Layer]]:
        """Return the rows of a transport's slots, by slot index."""
        slots = self.transports[transport_id].slots
        return {s.index: self.rows[s.slot_id] for s in slots if s.slot_id in self.rows}

    def _transport_of(self, slot_id: SlotId) -> TransportId:
        for transport_id, opened in self.transports.items():
            if any(slot.slot_id == slot_id for slot in opened.slots):
                return transport_id
        raise CoreMisuse(f"there is no slot {slot_id}")

    def _report_switch(
        self, transport_id: TransportId, slot_id: SlotId, before: tuple[TrackId, Layer] | None
    ) -> SlotSwitched:
        track_id, layer = self.rows[slot_id]
        event = SlotSwitched(
            transport_id=transport_id,
            slot_id=slot_id,
            track_id=track_id,
            layer=layer,
            rtp_timestamp=next(self._timestamps),
            track_changed=before is None or before[0] != track_id,
        )
        self.on_event(event)
        return event


def _line(mid: str, source: Source) -> InboundLine:
    return InboundLine(
        mid=mid,
        kind=source.kind,
        codecs=(_VP8 if source.kind is Kind.VIDEO else _OPUS,),
        extension_ids=ExtensionIds(),
        rids=_RIDS.get(source, ()),
    )


def _slot(index: int, kind: Kind) -> SlotParameters:
    return SlotParameters(
        slot_id=new_slot_id(),
        index=index,
        mid=str(100 + index),
        kind=kind,
        ssrc=1000 + 2 * index,
        rtx_ssrc=1001 + 2 * index if kind is Kind.VIDEO else None,
        codecs=(_VP8 if kind is Kind.VIDEO else _OPUS,),
        extension_ids=ExtensionIds(),
    )
