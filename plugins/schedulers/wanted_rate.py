"""What a viewer would be sent if its link carried it: what the estimator probes for.

The scheduler itself is asked, with a link that has no end. A viewer who gets the same as over that
link wants nothing more, and is left in peace by probes. Schedulers want head room for a step up,
each as much as it likes; so they are asked which rate would do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from ...engine.ids import TrackId
from ...engine.media import Kind
from ..api import OfferedTrack, Scheduler, Situation, SlotDecision
from .rates import audio_bps, layer_bps

ENDLESS_BPS: Final = 1_000_000_000
WIRE_RATIO: Final = 1.1  # Headers, retransmissions: layers are measured without.
HEAD_ROOMS: Final = (1.1, 1.25, 1.45, 1.7, 2.0)


def wanted_bps(
    scheduler: Scheduler, situation: Situation, decisions: Sequence[SlotDecision]
) -> int:
    """Return the rate of what would be sent over an endless link; 0: just what is sent now.

    Raises:
        Exception: Whatever the scheduler raises.
    """
    if not any(t.source.kind is Kind.VIDEO and not t.muted for t in situation.tracks):
        return 0
    if _is_everything(situation, decisions):
        return 0
    ideal = scheduler.schedule(replace(situation, available_bps=ENDLESS_BPS), ())
    if _shown(ideal) == _shown(decisions):
        return 0
    tracks = {track.track_id: track for track in situation.tracks}
    cost_bps = sum(_rate_bps(tracks, decision) for decision in ideal)
    for head_room in HEAD_ROOMS:
        wanted = replace(situation, available_bps=round(cost_bps * head_room))
        if _shown(scheduler.schedule(wanted, decisions)) == _shown(ideal):
            return round(cost_bps * head_room * WIRE_RATIO)
    return round(cost_bps * HEAD_ROOMS[-1] * WIRE_RATIO)


def _is_everything(situation: Situation, decisions: Sequence[SlotDecision]) -> bool:
    """Say whether all that sounds and moves is sent, in the layers that their tiles are worth."""
    whole = sum(d.target is not None and d.target == d.preferred for d in decisions)
    return whole == sum(not track.muted for track in situation.tracks)


def _shown(decisions: Sequence[SlotDecision]) -> set[object]:
    """Return tracks with their layers, whichever slots they are in."""
    return {(d.track_id, d.target) for d in decisions if d.target is not None}


def _rate_bps(tracks: Mapping[TrackId, OfferedTrack], decision: SlotDecision) -> int:
    track = None if decision.track_id is None else tracks.get(decision.track_id)
    if track is None or decision.target is None:
        return 0
    if track.source.kind is Kind.AUDIO:
        return audio_bps(track)
    return layer_bps(track, decision.target)
