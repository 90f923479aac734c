"""Video that waits for its turn on a viewer's link: queued, released by ticks, dropped when stale.

Theory of operation. A run that the pacer does not admit whole waits in its slot's queue, numbered
but not yet sealed: sealing gives it its transport-wide number and its send time. Each tick releases
what the link carries: retransmissions first, then slots in their order (the scheduler puts what
matters most into the first), then whatever fills a probe. Audio never comes here.

Behind what waits for long, frames of higher temporal layers are left out: that costs no key frame.
What waited for half a second is of no use: the slot's queue is dropped whole and the slot waits for
a key frame. The numbers of what was dropped are given again, so receivers do not miss it. The same
happens when a slot leaves its source, because the key frame of the next one supersedes the rest.
Only a key frame itself may wait longer, for the next one would not be there sooner.
"""

from typing import Final

from .forwarder_state import ForwarderState
from .header_extensions import ExtensionBlock, ExtensionBlocks
from .outbound_slot import QueuedRun, VideoSlot
from .pacer import MAX_BURST_PACKETS, PACE_TICK_S, Pacer, RunningProbe
from .probe_filling import fill_probe
from .retransmission import REPEAT_BYTES, answer
from .run_sending import send_piece
from .sent_groups import DATAGRAM_OVERHEAD_BYTES
from .sent_history import SentRun
from .slot_switch import restart
from .source_run import SourceRun
from .transport_state import TransportState

THIN_S: Final = 0.1
MAX_WAIT_S: Final = 0.5
MAX_KEYFRAME_WAIT_S: Final = 2.0


def admits(pacer: Pacer, run: SourceRun, block: ExtensionBlock, now_s: float) -> bool:
    """Say whether a run may go out whole and at once; it is charged then."""
    overhead = block.overhead + DATAGRAM_OVERHEAD_BYTES
    return pacer.admit(run.payload_bytes + run.count * overhead, run.count, now_s)


def hold(
    state: ForwarderState, slot: VideoSlot, run: SourceRun, sent_run: SentRun, now_s: float
) -> None:
    """Let a run wait; what the link carries of it goes out at once."""
    slot.queue.append(QueuedRun(run, sent_run, now_s))
    state.counters.runs_held += 1
    slot.transport.was_limited = True
    state.wait(slot.transport, now_s)
    release(state, slot.transport, ExtensionBlocks(now_s), now_s)


def set_pacing(
    state: ForwarderState, transport: TransportState, pacing_bps: int, now_s: float
) -> None:
    """Pace a viewer at this rate; 0: no more, what waits goes out."""
    if transport.pacer is not None:
        transport.pacer.pacing_bps = pacing_bps
        if not pacing_bps:
            release(state, transport, ExtensionBlocks(now_s), now_s)
    elif pacing_bps:
        transport.pacer = Pacer(pacing_bps)


def start_probe(
    state: ForwarderState, transport: TransportState, probe: RunningProbe, now_s: float
) -> None:
    """Send at another rate for a moment; what goes out of it at once is the first tick's."""
    if transport.pacer is None:
        transport.pacer = Pacer(0)
    transport.pacer.probe = probe
    state.wait(transport, now_s)
    release(state, transport, ExtensionBlocks(now_s), now_s)


def tick(state: ForwarderState, now_s: float) -> None:
    """Release what is due to all viewers for whom something waits."""
    state.next_pace_s = max(state.next_pace_s + PACE_TICK_S, now_s + PACE_TICK_S / 2)
    blocks = ExtensionBlocks(now_s)
    for transport in tuple(state.waiting):
        release(state, transport, blocks, now_s)


def release(
    state: ForwarderState, transport: TransportState, blocks: ExtensionBlocks, now_s: float
) -> None:
    """Send one viewer what its link carries now."""
    pacer = transport.pacer
    if pacer is None or not transport.is_connected:
        state.waiting.pop(transport, None)
        return
    pacer.yield_to(transport.voice_bytes, now_s)
    left = _release_repeats(state, transport, pacer, blocks, now_s)
    left = _release_video(state, transport, pacer, blocks, left, now_s)
    is_waiting = bool(transport.repeats) or transport.has_queued
    if pacer.probe is not None:
        if not is_waiting:
            fill_probe(state, transport, pacer, blocks, left, now_s)
        if pacer.probe.is_over(now_s):
            pacer.probe = None
    if not is_waiting and pacer.probe is None:
        state.waiting.pop(transport, None)
        if not pacer.pacing_bps:
            transport.pacer = None


def _release_repeats(
    state: ForwarderState,
    transport: TransportState,
    pacer: Pacer,
    blocks: ExtensionBlocks,
    now_s: float,
) -> int:
    """Send retransmissions that waited; return how many packets may follow in this tick."""
    left = MAX_BURST_PACKETS
    while transport.repeats and left and pacer.room(REPEAT_BYTES, now_s):
        slot, sequence = transport.repeats.pop(0)
        answer(state, slot, sequence, blocks[slot.extension_key], now_s)
        left -= 1
    return left


def _release_video(
    state: ForwarderState,
    transport: TransportState,
    pacer: Pacer,
    blocks: ExtensionBlocks,
    left: int,
    now_s: float,
) -> int:
    """Send what waits in the slots, in their order; return how many packets may still follow."""
    for slot in transport.slots:
        if not isinstance(slot, VideoSlot) or not slot.queue:
            continue
        if _is_stale(slot, now_s):
            _drop_stale(state, slot, now_s)
        elif left:
            left -= _release_slot(state, slot, pacer, blocks[slot.extension_key], left, now_s)
    return left


def _release_slot(
    state: ForwarderState,
    slot: VideoSlot,
    pacer: Pacer,
    block: ExtensionBlock,
    left: int,
    now_s: float,
) -> int:
    """Send what there is room for of one slot's queue; return how many packets that were."""
    released = 0
    while slot.queue and released < left:
        waiting = slot.queue[0]
        train = waiting.run.trains[waiting.train]
        size = train.padded_bytes + block.overhead + DATAGRAM_OVERHEAD_BYTES
        start = waiting.packet
        room = min(pacer.room(size, now_s), left - released)
        if not room:
            break
        stop = min(len(train.packets), start + room)
        if waiting.run.picture is not None:
            sent_run = waiting.sent_run
            waiting.run.picture.write(sent_run.picture_id, sent_run.tl0, sent_run.ends_picture)
        sealed_bytes = send_piece(
            state,
            slot,
            train,
            start,
            stop,
            waiting.sent_run,
            block,
            now_s=now_s,
            probe_id=pacer.probe_id,
        )
        count = stop - start
        pacer.charge(count, sealed_bytes + count * DATAGRAM_OVERHEAD_BYTES, now_s)
        released += count
        if not (waiting.train or start):
            slot.history.append(waiting.sent_run)
        if waiting.note_released(count):
            state.counters.padding_bytes_sent += waiting.run.padding_bytes
            del slot.queue[0]
    return released


def is_late(slot: VideoSlot, now_s: float) -> bool:
    """Say whether what comes now would wait for long."""
    return bool(slot.queue) and now_s - slot.queue[0].queued_at_s > THIN_S


def _is_stale(slot: VideoSlot, now_s: float) -> bool:
    waited_s = now_s - slot.queue[0].queued_at_s
    if waited_s <= MAX_WAIT_S:
        return False
    has_keyframe = any(waiting.run.starts_keyframe for waiting in slot.queue)
    return not has_keyframe or waited_s > MAX_KEYFRAME_WAIT_S


def _drop_stale(state: ForwarderState, slot: VideoSlot, now_s: float) -> None:
    """Give up what waits for a slot; it goes on at a key frame."""
    state.counters.runs_dropped_stale += len(slot.queue)
    restart(state, slot, now_s)
