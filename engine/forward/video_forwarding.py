"""Send a run of video to all slots that show its encoding; let others switch at a key frame."""

from ..media import Codec, Layer
from .forwarder_state import ForwarderState
from .header_extensions import ExtensionBlock, ExtensionBlocks
from .outbound_slot import PICTURE_ID_MASK, TL0_MASK, OutboundSlot, VideoSlot
from .pacing import admits, hold, is_late
from .run_sending import send_run
from .sender_reports import send_report
from .sent_history import new_sent_run
from .slot_switch import note_switch
from .source_run import SourceRun
from .timestamp_line import MASK


def forward_run(state: ForwarderState, run: SourceRun, now_s: float) -> None:
    """Send one run to all its viewers."""
    track = run.encoding.track
    track.note_run(run, now_s)
    if run.starts_keyframe:
        track.requests.forget(run.encoding)
        for slot in tuple(track.waiting):
            _try_switch(state, slot, run, now_s)
    viewers = run.encoding.viewers
    if not viewers:
        return
    blocks = ExtensionBlocks(now_s)
    trains_before = state.counters.trains_sent
    for slot in tuple(viewers):
        if slot.codec is not run.codec and not _follow_codec(state, slot, run, now_s):
            continue
        forward_to(state, slot, run, blocks[slot.extension_key], now_s)
    state.counters.observe_latency(
        max(0.0, now_s - run.arrival_s), state.counters.trains_sent - trains_before
    )


def _try_switch(state: ForwarderState, slot: OutboundSlot, run: SourceRun, now_s: float) -> None:
    assert isinstance(slot, VideoSlot)  # Video tracks have no others.
    wanted = slot.selector.wanted
    if run.codec not in slot.payload_types or wanted is None:
        return
    encoding = run.encoding
    if encoding.track.find_layer(wanted) is not encoding:
        return
    if slot.encoding is not encoding:
        switch(state, slot, run, now_s)
    elif run.first_sequence >= slot.sequence.next_input:
        encoding.track.waiting.pop(slot, None)
        slot.selector.accept(wanted, is_keyframe=True)
        _follow_selector(state, slot, run, now_s)


def switch(state: ForwarderState, slot: VideoSlot, run: SourceRun, now_s: float) -> None:
    """Put a slot on the encoding of this key frame, from its first packet on."""
    enter(slot, run)
    selector = slot.selector
    if run.encoding.layers is None:
        selector.accept(run.encoding.index, is_keyframe=True)
    elif selector.wanted is not None:
        selector.accept(selector.wanted, is_keyframe=True)
        slot.spatial = selector.wanted
    outbound = slot.line.join(run.rtp_timestamp, run.capture_s, now_s)
    announce(state, slot, outbound, now_s)


def enter(slot: VideoSlot, run: SourceRun) -> None:
    """Let a key frame be the next that goes out; its numbers follow those that were sent."""
    encoding = run.encoding
    encoding.track.waiting.pop(slot, None)
    slot.enter(encoding, run.codec, run.first_sequence)
    slot.spatial = 0
    if run.picture_id is not None:
        slot.pictures.restart(run.picture_id)
    if run.tl0 is not None:
        slot.tl0_shift = slot.last_tl0 + 1 - run.tl0


def announce(state: ForwarderState, slot: VideoSlot, rtp_timestamp: int, now_s: float) -> None:
    """Tell what the slot shows from this outbound timestamp on."""
    encoding = slot.encoding
    assert encoding is not None  # It was entered just now.
    layer = Layer(spatial=slot.layer, temporal=slot.selector.temporal)
    note_switch(state, slot, encoding.track, layer, rtp_timestamp, now_s)
    send_report(state, slot, now_s)


def _follow_selector(state: ForwarderState, slot: VideoSlot, run: SourceRun, now_s: float) -> None:
    """From the picture that begins with this run on, show the chosen layer of the stream."""
    current = slot.selector.current
    if current is not None and current != slot.spatial:
        slot.spatial = current
        announce(state, slot, (run.rtp_timestamp + slot.line.offset) & MASK, now_s)


def _follow_codec(state: ForwarderState, slot: OutboundSlot, run: SourceRun, now_s: float) -> bool:
    """The sender changed its codec unasked (facts/slots.md pitfall 4): go on at a key frame."""
    assert isinstance(slot, VideoSlot)  # Video tracks have no others.
    if run.codec not in slot.payload_types:
        slot.leave()
        run.encoding.track.reselect(now_s)
        return False
    if run.starts_keyframe:
        switch(state, slot, run, now_s)
        return True
    return False


def forward_to(
    state: ForwarderState, slot: OutboundSlot, run: SourceRun, block: ExtensionBlock, now_s: float
) -> None:
    """Renumber one run for one slot, and send it or let it wait; the hot path."""
    assert isinstance(slot, VideoSlot)  # Video tracks have no others.
    index = _renumber(state, slot, run, now_s)
    if index is None:
        return
    if run.starts_keyframe:
        slot.keyframe_sequence = max(slot.keyframe_sequence, index)
    rtp_timestamp = (run.rtp_timestamp + slot.line.offset) & MASK
    picture_id = tl0 = None
    if run.picture is not None:
        picture_id, tl0 = _renumber_picture(slot, run)
    sent_run = new_sent_run(
        (
            index,
            run.count,
            run.encoding,
            run.number,
            rtp_timestamp,
            picture_id,
            tl0,
            run.ends_picture or (run.ends_frame and run.spatial == slot.spatial),
            slot.payload_type,
        )
    )
    transport = slot.transport
    pacer = transport.pacer
    if pacer is None or (transport not in state.waiting and admits(pacer, run, block, now_s)):
        send_run(state, slot, run, sent_run, block, now_s)
    else:
        hold(state, slot, run, sent_run, now_s)


def _renumber(state: ForwarderState, slot: VideoSlot, run: SourceRun, now_s: float) -> int | None:
    """Return the unwrapped outbound number of the run's first packet; None: the run is left out."""
    sequence = slot.sequence
    first = run.first_sequence
    line = slot.line
    outbound = (run.rtp_timestamp + line.offset) & MASK
    if first < sequence.next_input:
        index = sequence.map(first)  # Repaired: it fills its hole, or lies before the switch.
        if index is not None:
            line.note_sent(outbound, now_s)  # May be the newest, if its own frame was left out.
        return index
    if run.encoding.layers is not None and not _keeps_spatial(state, slot, run, now_s):
        return None
    if run.temporal and not _keeps_temporal(slot, run, now_s):
        return None
    line.note_sent(outbound, now_s)
    if run.tl0 is not None:
        slot.last_tl0 = (run.tl0 + slot.tl0_shift) & TL0_MASK
    return sequence.advance(first, run.count)


def _renumber_picture(slot: VideoSlot, run: SourceRun) -> tuple[int | None, int | None]:
    """Return PictureID and TL0PICIDX for this viewer; None where the source has no such field."""
    picture_id = None
    if run.picture_id is not None:
        # A packet of a frame that was left out may come late, when its hole cannot be closed
        # any more: it goes out with the number of the frame before, and is of no use to anybody.
        mapped = slot.pictures.map(run.picture_id)
        picture_id = (slot.pictures.next_output - 1 if mapped is None else mapped) & PICTURE_ID_MASK
    tl0 = None if run.tl0 is None else (run.tl0 + slot.tl0_shift) & TL0_MASK
    return picture_id, tl0


def _keeps_spatial(state: ForwarderState, slot: VideoSlot, run: SourceRun, now_s: float) -> bool:
    """Leave out the layers above the slot's; it goes down where a picture begins."""
    if run.starts_frame and not run.spatial:
        _follow_selector(state, slot, run, now_s)
    if run.spatial <= slot.spatial:
        return True
    slot.sequence.drop(run.first_sequence, run.count)
    return False


def _keeps_temporal(slot: VideoSlot, run: SourceRun, now_s: float) -> bool:
    """Ask the selector; close the gaps of what it leaves out."""
    if run.starts_frame and not run.spatial:
        keeps = slot.selector.accept_temporal(
            run.temporal, is_switch_point=run.is_switch_point, is_late=is_late(slot, now_s)
        )
    else:
        # The rest of a picture goes the way of its start, also if that is only repaired later.
        keeps = run.temporal <= slot.selector.temporal
    if not keeps:
        leave_out(slot, run)
    return keeps


def leave_out(slot: VideoSlot, run: SourceRun) -> None:
    """Close the gap of a run that does not go to this slot."""
    slot.sequence.drop(run.first_sequence, run.count)
    # Frames of VP9 name those that they need by the difference of their numbers, which shall stay.
    if run.picture_id is not None and run.codec is not Codec.VP9:
        slot.pictures.drop(run.picture_id)
