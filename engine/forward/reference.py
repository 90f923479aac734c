"""The reference forwarder: the specification of every forwarder, in Python, always present (R4).

Theory of operation. Packets come in by transport (`inbound`), are recognised by SSRC
(`source_binding`) and belong to one encoding of a track (`encoding`, `published_track`). Video is
gathered to runs, the packets of one frame (`source_run`); audio is not gathered. A run or an
audio packet goes to every slot that shows the encoding (`video_forwarding`, `audio_forwarding`):
renumbered (`sequence_map`, `timestamp_line`), sealed (`seal`), and put out as trains. Slots switch
at key frames (`layer_selector`), which are asked for sparingly (`keyframe_requests`) and kept for
who comes next (`kept_frames`, `replay`). Feedback comes and goes as RTCP (`rtcp_input`,
`rtcp_output`); lost packets are made again from the source's runs (`retransmission`), and those of
voices just as they were (`audio_retransmission`). Video waits for its turn on a viewer's link
(`pacer`, `pacing`), which is probed with what is worth sending (`probe_filling`). What a viewer
reports of arrivals is matched with what was sent (`sent_groups`). What happens by time alone is in
`upkeep`.
"""

from collections.abc import Sequence

from ..errors import CoreMisuse
from ..ids import SlotId, TrackId, TransportId
from ..media import Layer
from ..rtp.packet import is_rtcp
from . import audio_redundancy, pacing, upkeep
from .api import (
    ForwarderStatistics,
    InboundLine,
    Output,
    SlotParameters,
    SrtpKeys,
    Timeout,
)
from .forwarder_state import ForwarderState
from .inbound import handle_rtp
from .outbound_slot import OutboundSlot, VideoSlot
from .pacer import RunningProbe
from .published_track import PublishedTrack
from .replay import show_kept
from .rtcp_input import handle_rtcp
from .transport_state import TransportState


class ReferenceForwarder:
    """Implements `api.Forwarder`; see the module."""

    def __init__(self) -> None:
        self._state = ForwarderState()
        self._now_s = 0.0

    # -- transports --------------------------------------------------------------------------
    def add_transport(
        self,
        transport_id: TransportId,
        lines: Sequence[InboundLine],
        slots: Sequence[SlotParameters],
    ) -> None:
        """Add a participant's transport; nothing flows before `connect_transport`."""
        state = self._state
        if transport_id in state.transports:
            raise CoreMisuse(f"transport {transport_id} is added twice")
        taken = [slot.slot_id for slot in slots if slot.slot_id in state.owners]
        if taken or len({slot.slot_id for slot in slots}) != len(slots):
            raise CoreMisuse(f"slots of transport {transport_id} are added twice: {taken}")
        transport = TransportState(transport_id, lines, slots)
        state.transports[transport_id] = transport
        min(state.wheel, key=len)[transport] = None
        for slot in slots:
            state.owners[slot.slot_id] = transport

    def connect_transport(self, transport_id: TransportId, keys: SrtpKeys, now_s: float) -> None:
        """Take the keys; slots that were pointed before now wait for their key frames."""
        self._now_s = now_s
        transport = self._transport(transport_id)
        transport.connect(keys)
        for slot in transport.slots:
            if slot.track is not None:
                slot.track.attach(slot, now_s)
                show_kept(self._state, slot, now_s)
        upkeep.start_ticking(self._state, now_s)
        upkeep.request_keyframes(self._state, now_s)

    def remove_transport(self, transport_id: TransportId) -> None:
        """Forget a transport with its tracks and slots."""
        transport = self._state.transports.pop(transport_id, None)
        if transport is None:
            return
        for line in transport.lines.values():
            if line.track is not None:
                self.remove_track(line.track.track_id)
        for slot in transport.slots:
            self._empty(slot)
            del self._state.slots[slot.slot_id]
        for parameters in transport.offered:
            del self._state.owners[parameters.slot_id]
        self._state.active.pop(transport, None)
        self._state.waiting.pop(transport, None)
        for spoke in self._state.wheel:
            spoke.pop(transport, None)
        transport.forget_slots()

    # -- tracks --------------------------------------------------------------------------------
    def add_track(self, track_id: TrackId, transport_id: TransportId, mid: str) -> None:
        """Let what arrives on an m-line from now on be this track."""
        transport = self._transport(transport_id)
        line = transport.lines.get(mid)
        if line is None:
            raise CoreMisuse(f"transport {transport_id} has no line with mid {mid}")
        if track_id in self._state.tracks:
            raise CoreMisuse(f"track {track_id} is added twice")
        if line.track is not None:
            raise CoreMisuse(f"line {mid} of {transport_id} already has {line.track.track_id}")
        line.track = PublishedTrack(track_id, transport, line.line, self._state.requesting)
        self._state.tracks[track_id] = line.track

    def pause_track(self, track_id: TrackId, paused: bool) -> None:
        """Drop everything of a paused track; slots stay pointed and start again afterwards."""
        track = self._track(track_id)
        if paused and not track.is_paused:
            track.silence(self._now_s)
            for encoding in track.live_encodings():
                self._state.pending.pop(encoding, None)
        track.is_paused = paused

    def remove_track(self, track_id: TrackId) -> None:
        """Forget a track; slots that showed it fall empty."""
        track = self._state.tracks.pop(track_id, None)
        if track is None:
            return
        track.silence(self._now_s)
        for slot in tuple(track.slots):
            track.detach(slot)
            slot.track = None
        for encoding in track.live_encodings():
            encoding.cache.clear()
            track.transport.encodings.pop(encoding.ssrc, None)
            self._state.pending.pop(encoding, None)
            self._state.missing.pop(encoding, None)
        track.forget_encodings()
        self._state.requesting.pop(track, None)
        track.transport.lines[track.line.mid].track = None

    # -- rows ----------------------------------------------------------------------------------
    def point_slot(self, slot_id: SlotId, track_id: TrackId, target: Layer) -> None:
        """Show a track in a slot, at most at this layer."""
        slot = self._state.slot(slot_id)
        if slot is None:
            raise CoreMisuse(f"slot {slot_id} was never added")
        track = self._track(track_id)
        if slot.is_audio is not track.is_audio:
            raise CoreMisuse(f"slot {slot_id} and track {track_id} are of different kinds")
        if isinstance(slot, VideoSlot):
            slot.selector.target = target
        if slot.track is not track:
            if slot.track is not None:
                slot.track.detach(slot)
            slot.point(track)
        track.attach(slot, self._now_s)
        show_kept(self._state, slot, self._now_s)
        upkeep.request_keyframes(self._state, self._now_s)

    def clear_slot(self, slot_id: SlotId, track_id: TrackId | None = None) -> None:
        """Empty a slot; with `track_id` only if it is pointed at that track."""
        slot = self._state.slots.get(slot_id)
        if slot is None or (
            track_id is not None and (slot.track is None or slot.track.track_id != track_id)
        ):
            return
        self._empty(slot)

    # -- congestion ----------------------------------------------------------------------------
    def save_data(self, transport_id: TransportId, is_saving: bool) -> None:
        """Send this viewer nothing twice unasked, however much it loses."""
        transport = self._state.transports.get(transport_id)
        if transport is not None:
            audio_redundancy.save_data(transport, is_saving)

    def set_pacing(self, transport_id: TransportId, pacing_bps: int) -> None:
        """Send video to this viewer no faster; 0: do not hold it back."""
        transport = self._transport(transport_id)
        pacing.set_pacing(self._state, transport, pacing_bps, self._now_s)

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
        """Send at this rate for a moment, marked."""
        transport = self._transport(transport_id)
        if transport.is_connected and rate_bps > 0:
            probe = RunningProbe(probe_id, rate_bps, min_packets, min_bytes, now_s + duration_s)
            pacing.start_probe(self._state, transport, probe, now_s)

    def take_sent(self, transport_id: TransportId) -> tuple[int, bool]:
        """Return bytes of media on the wire since the last call, and if video was held back."""
        transport = self._state.transports.get(transport_id)
        return (0, False) if transport is None else transport.take_sent()

    # -- input and output ----------------------------------------------------------------------
    def handle_datagrams(
        self, datagrams: Sequence[tuple[TransportId, bytes]], now_s: float
    ) -> None:
        """Take in what was read from the socket in one wake-up."""
        self._now_s = now_s
        state = self._state
        transports = state.transports
        for transport_id, data in datagrams:
            transport = transports.get(transport_id)
            if transport is None:
                state.counters.dropped_unknown += 1
            elif is_rtcp(data):
                handle_rtcp(state, transport, data, now_s)
            else:
                handle_rtp(state, transport, data, now_s)
        upkeep.run(state, now_s)

    def handle_timeout(self, now_s: float) -> None:
        """Do what is due by time."""
        self._now_s = now_s
        upkeep.run(self._state, now_s)

    def poll_output(self) -> Output:
        """Return the next thing to send or to tell, or when to come back."""
        outputs = self._state.outputs
        if outputs:
            return outputs.popleft()
        return Timeout(upkeep.next_due_s(self._state, self._now_s))

    def statistics(self) -> ForwarderStatistics:
        """Return the counters as they are now."""
        state = self._state
        return state.counters.snapshot(
            transports=len(state.transports),
            tracks=len(state.tracks),
            slots=len(state.owners),
            slots_pointed=sum(slot.track is not None for slot in state.slots.values()),
        )

    # -- private -------------------------------------------------------------------------------
    def _transport(self, transport_id: TransportId) -> TransportState:
        transport = self._state.transports.get(transport_id)
        if transport is None:
            raise CoreMisuse(f"transport {transport_id} was never added")
        return transport

    def _track(self, track_id: TrackId) -> PublishedTrack:
        track = self._state.tracks.get(track_id)
        if track is None:
            raise CoreMisuse(f"track {track_id} was never added")
        return track

    def _empty(self, slot: OutboundSlot) -> None:
        if slot.track is not None:
            slot.track.detach(slot)
            slot.track = None
        slot.leave()
        slot.shown = None
