"""What happens by time: flushes, requests, reports.

A tick is a twentieth of a second. Feedback on arrivals goes out at each (facts/webrtc.md 11); the
reports of one second are spread over its twenty ticks by transport, so that ten thousand viewers
are not reported to in one breath.
"""

from typing import Final

from . import audio_redundancy, pacing
from .api import AudioHeard, TrackRates
from .encoding import FLUSH_S
from .forwarder_state import ForwarderState
from .published_track import PublishedTrack
from .rtcp_output import (
    send_arrivals,
    send_keyframe_requests,
    send_nack,
    send_receiver_reports,
)
from .sender_reports import send_reports
from .transport_state import MAX_RETRANSMISSIONS_PER_S, TransportState
from .video_forwarding import forward_run

TICK_S: Final = 0.05
TICKS_PER_S: Final = 20
HEARD_TICKS: Final = 4  # AudioHeard is told once per 200 ms.
IDLE_S: Final = 60.0  # Nobody is here: nothing is due.


def run(state: ForwarderState, now_s: float) -> None:
    """Do all that is due."""
    if state.pending:
        _flush_pending(state, now_s)
    if state.waiting and now_s >= state.next_pace_s:
        pacing.tick(state, now_s)
    if state.missing:
        _ask_for_missing(state, now_s)
    if now_s >= state.next_tick_s:
        _tick(state, now_s)
    if state.requesting:
        request_keyframes(state, now_s)


def next_due_s(state: ForwarderState, now_s: float) -> float:
    """Return when `run` is to be called at the latest."""
    due_s = min(state.next_tick_s, now_s + IDLE_S)
    if state.waiting:
        due_s = min(due_s, state.next_pace_s)
    for encoding in state.pending:
        due_s = min(due_s, encoding.pending_since_s + FLUSH_S)
    for encoding in state.missing:
        due_s = min(due_s, encoding.missing.due_s)
    for track in state.requesting:
        due_s = min(due_s, track.requests.due_s)
    return due_s


def request_keyframes(state: ForwarderState, now_s: float) -> None:
    """Ask the publishers that are to be asked now."""
    for track in tuple(state.requesting):
        encodings = track.requests.poll(now_s)
        if encodings:
            send_keyframe_requests(state, track.transport, encodings)
        if track.requests.due_s == float("inf"):
            del state.requesting[track]


def _flush_pending(state: ForwarderState, now_s: float) -> None:
    for encoding in tuple(state.pending):
        if now_s >= encoding.pending_since_s + FLUSH_S:
            del state.pending[encoding]
            for source_run in encoding.flush():
                forward_run(state, source_run, now_s)


def _ask_for_missing(state: ForwarderState, now_s: float) -> None:
    for encoding in tuple(state.missing):
        if encoding.track.is_paused:
            encoding.missing.clear()
        sequences = encoding.missing.poll(now_s)
        if sequences:
            send_nack(state, encoding, sequences)
        if not encoding.missing:
            del state.missing[encoding]


def start_ticking(state: ForwarderState, now_s: float) -> None:
    """Somebody is connected: let there be ticks."""
    state.next_tick_s = min(state.next_tick_s, now_s + TICK_S)


def _tick(state: ForwarderState, now_s: float) -> None:
    if not state.transports:
        state.next_tick_s = float("inf")
        return
    state.tick += 1
    state.next_tick_s = max(state.next_tick_s + TICK_S, now_s + TICK_S / 2)
    active, state.active = state.active, {}
    for transport in active:
        send_arrivals(state, transport)
        for line in transport.lines.values():
            if line.track is not None:
                line.track.find_stalled(now_s)
    if state.tick % HEARD_TICKS == 0:
        _tell_heard(state)
    for transport in state.wheel[state.tick % TICKS_PER_S]:
        _report(state, transport, now_s)


def _tell_heard(state: ForwarderState) -> None:
    heard, state.heard = state.heard, {}
    for track in heard:
        if track.loudest_dbov is not None:
            state.outputs.append(AudioHeard(track.track_id, track.loudest_dbov))
            track.loudest_dbov = None


def _report(state: ForwarderState, transport: TransportState, now_s: float) -> None:
    """Do what is due each second for one transport."""
    transport.retransmissions_left = MAX_RETRANSMISSIONS_PER_S
    transport.sent.trim()
    audio_redundancy.review(transport)
    for line in transport.lines.values():
        if line.track is not None:
            _tell_rates(state, line.track)
    if transport.is_connected:
        send_receiver_reports(state, transport, now_s)
        send_reports(state, transport, now_s)


def _tell_rates(state: ForwarderState, track: PublishedTrack) -> None:
    rates = track.take_rates()
    if rates is not None:
        codec, encoding_bps = rates
        state.outputs.append(TrackRates(track.track_id, codec, encoding_bps))
