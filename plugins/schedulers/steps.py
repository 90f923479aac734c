"""Buy layers step by step, in one fixed order, as far as the estimate goes.

The order of steps does not depend on the estimate: every level of the shared screen at its lowest
frame rate (text first: resolution before frame rate, and before every camera), then the floor of
each camera by rank, then the frame rates of the screen, then the cameras one step at a time in
rounds by rank. A step that does not fit is passed over, and what comes later may still fit. So
more bits never take from an earlier step to give to a later one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ...engine.ids import TrackId
from ...engine.media import Layer, Source
from ..api import OfferedTrack
from .rates import encoding_count, layer_bps

TOP_TEMPORAL: Final = 2
UNKNOWN_TILE_PX: Final = 360  # Until the page says how large: the middle encoding of 720p.
UNKNOWN_SOURCE_PX: Final = 720
# A tile may be this much higher than the encoding before the next one is worth its bits.
STRETCH_RATIO: Final = 1.25


@dataclass(frozen=True, slots=True)
class Ladder:
    """The layers of one track from the floor up, with what each costs."""

    track_id: TrackId
    is_screen: bool
    layers: tuple[Layer, ...]
    costs_bps: tuple[int, ...]
    base_levels: int  # So many of them belong to the track's first turn.


def ladder(track: OfferedTrack, tile_height_px: int | None) -> Ladder:
    """Return the layers worth sending to a tile of this height; a screen is never shrunk to it."""
    top = encoding_count(track) - 1
    if track.source is Source.SCREEN:
        layers = [Layer(spatial=spatial, temporal=0) for spatial in range(top + 1)]
        base_levels = len(layers)
        layers += [Layer(spatial=top, temporal=temporal) for temporal in (1, TOP_TEMPORAL)]
    else:
        preferred = _preferred_spatial(track, tile_height_px, top)
        layers = [Layer(spatial=0, temporal=0)]
        base_levels = 1
        layers += [
            Layer(spatial=spatial, temporal=TOP_TEMPORAL) for spatial in range(preferred + 1)
        ]
    return Ladder(
        track_id=track.track_id,
        is_screen=track.source is Source.SCREEN,
        layers=tuple(layers),
        costs_bps=tuple(layer_bps(track, layer) for layer in layers),
        base_levels=base_levels,
    )


def buy(
    ladders: Sequence[Ladder],
    *,
    available_bps: int,
    upgrade_bps: int,
    current: Mapping[TrackId, Layer],
) -> dict[TrackId, Layer]:
    """Return the layer of each track that gets one.

    Args:
        ladders: N tracks, best rank first.
        available_bps: Not exceeded, ever.
        upgrade_bps: Not exceeded by a step above a track's current layer.
        current: What is sent now.
    """
    levels: dict[TrackId, int] = {}
    spent_bps = 0
    for rung, level in _steps(ladders):
        if levels.get(rung.track_id, -1) != level - 1:
            continue  # The step below did not fit.
        below_bps = rung.costs_bps[level - 1] if level else 0
        cost_bps = max(0, rung.costs_bps[level] - below_bps)
        held = current.get(rung.track_id)
        keeps = held is not None and rung.layers[level] <= held
        if spent_bps + cost_bps <= (available_bps if keeps else upgrade_bps):
            spent_bps += cost_bps
            levels[rung.track_id] = level
    return {
        rung.track_id: rung.layers[levels[rung.track_id]]
        for rung in ladders
        if rung.track_id in levels
    }


def _steps(ladders: Sequence[Ladder]) -> list[tuple[Ladder, int]]:
    screens = [rung for rung in ladders if rung.is_screen]
    cameras = [rung for rung in ladders if not rung.is_screen]
    steps = [(rung, level) for rung in screens for level in range(rung.base_levels)]
    steps += [(rung, 0) for rung in cameras]
    steps += [
        (rung, level) for rung in screens for level in range(rung.base_levels, len(rung.layers))
    ]
    highest = max((len(rung.layers) for rung in cameras), default=0)
    steps += [
        (rung, level) for level in range(1, highest) for rung in cameras if level < len(rung.layers)
    ]
    return steps


def _preferred_spatial(track: OfferedTrack, tile_height_px: int | None, top: int) -> int:
    tile_px = UNKNOWN_TILE_PX if tile_height_px is None else tile_height_px
    height_px = track.height_px or UNKNOWN_SOURCE_PX
    for spatial in range(top):
        if height_px / 2 ** (top - spatial) * STRETCH_RATIO >= tile_px:
            return spatial
    return top
