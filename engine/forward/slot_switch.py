"""A slot shows another track or another encoding from a packet on: noted, counted, told."""

from ..media import Layer
from .api import SlotSwitched
from .forwarder_state import ForwarderState
from .outbound_slot import OutboundSlot, VideoSlot
from .published_track import PublishedTrack


def note_switch(
    state: ForwarderState,
    slot: OutboundSlot,
    track: PublishedTrack,
    layer: Layer,
    rtp_timestamp: int,
    now_s: float,
) -> None:
    """Note that the packet of this outbound timestamp is the first of what the slot shows now."""
    track_changed = slot.shown != track.track_id
    slot.shown = track.track_id
    slot.line.last, slot.line.last_sent_s = rtp_timestamp, now_s
    state.counters.switches += 1
    state.outputs.append(
        SlotSwitched(
            transport_id=slot.transport.transport_id,
            slot_id=slot.slot_id,
            track_id=track.track_id,
            layer=layer,
            rtp_timestamp=rtp_timestamp,
            track_changed=track_changed,
        )
    )


def restart(state: ForwarderState, slot: VideoSlot, now_s: float) -> None:
    """Send nothing more of what is on the wire; the slot goes on at a key frame."""
    state.counters.restarts += 1
    transport, track = slot.transport, slot.track
    transport.repeats = [repeat for repeat in transport.repeats if repeat[0] is not slot]
    slot.leave()
    if track is not None:
        track.attach(slot, now_s)
