"""Show at once what is kept of a track, rather than nothing until its next key frame.

Theory of operation. A slot that waits for a key frame gets the kept one, and the frames of the
lowest temporal layer that came since; what comes next follows them. Their timestamps end where the
newest frame belongs on the slot's line and lie close together, so a browser decodes them as fast
as it can and shows the newest. A slot that sees nothing takes the best encoding of which enough is
kept, and goes on waiting for the one it wants; unless its link would carry a new key frame sooner.
One that sees the track already has time: it takes a better encoding only if little came since its
key frame.
"""

from typing import Final

from .encoding import InboundEncoding
from .forwarder_state import ForwarderState
from .header_extensions import ExtensionBlocks
from .outbound_slot import OutboundSlot, VideoSlot
from .published_track import PublishedTrack
from .timestamp_line import MASK
from .video_forwarding import announce, enter, forward_to, leave_out

MAX_S: Final = 0.06  # Of a viewer's link: twice as long cost pictures on slow ones.
STEP: Final = 9  # Ticks from frame to frame: more would put the slot ahead of its line.


def show_kept(state: ForwarderState, slot: OutboundSlot, now_s: float) -> None:
    """Replay to a slot what helps it, if it waits for a key frame."""
    track = slot.track
    if track is None or not isinstance(slot, VideoSlot) or slot not in track.waiting:
        return
    layer = _find_worthwhile(slot, track)
    encoding = None if layer is None else track.find_layer(layer)
    if layer is None or encoding is None:
        return
    _replay(state, slot, encoding, layer, now_s)
    if slot.selector.is_waiting:
        track.waiting[slot] = None
    else:
        track.forget_needless(encoding)


def _find_worthwhile(slot: VideoSlot, track: PublishedTrack) -> int | None:
    wanted = slot.selector.wanted
    if wanted is None:
        return None
    if slot.selector.current is not None:
        encoding = _usable(slot, track, wanted)
        return wanted if encoding is not None and encoding.kept.is_fresh else None
    for layer in range(wanted, -1, -1):
        encoding = _usable(slot, track, layer)
        if encoding is not None and _is_soon_sent(slot, encoding) and encoding.kept.is_whole:
            return layer
    return None


def _is_soon_sent(slot: VideoSlot, encoding: InboundEncoding) -> bool:
    """Say whether the link has room for a replay, beside what waits for it already."""
    transport = slot.transport
    pacer = transport.pacer
    if pacer is None or not pacer.rate_bps or encoding.kept.is_fresh:
        return True
    queues = [each.queue for each in transport.slots if isinstance(each, VideoSlot)]
    waiting_bytes = sum(held.run.payload_bytes for queue in queues for held in queue)
    return 8 * (waiting_bytes + encoding.kept.needed_bytes) <= MAX_S * pacer.rate_bps


def _usable(slot: VideoSlot, track: PublishedTrack, layer: int) -> InboundEncoding | None:
    encoding = track.find_layer(layer)
    if encoding is None or not encoding.is_flowing or encoding.codec not in slot.payload_types:
        return None
    return encoding


def _replay(
    state: ForwarderState, slot: VideoSlot, encoding: InboundEncoding, layer: int, now_s: float
) -> None:
    state.counters.replays += 1
    runs = encoding.kept.runs
    timestamps = list(dict.fromkeys(run.rtp_timestamp for run in runs if not run.temporal))
    newest = next(run for run in reversed(runs) if not run.temporal)
    enter(slot, runs[0])
    slot.selector.show(layer)
    if encoding.layers is not None:
        slot.spatial = layer
    line = slot.line
    lead = STEP * (len(timestamps) - 1)
    outbound = line.join(newest.rtp_timestamp, newest.capture_s, now_s, lead=lead)
    offset = line.offset
    announce(state, slot, (outbound - lead) & MASK, now_s)
    places = {timestamp: outbound - lead + STEP * n for n, timestamp in enumerate(timestamps)}
    block = ExtensionBlocks(now_s)[slot.extension_key]
    for run in runs:
        if run.temporal:
            leave_out(slot, run)
        else:
            line.join_at(run.rtp_timestamp, places[run.rtp_timestamp])
            forward_to(state, slot, run, block, now_s)
    line.offset = offset
