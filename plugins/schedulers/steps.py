"""Buy layers step by step, in one fixed order, as far as the estimate goes.

The order of steps is a scheduler's own (`orders`) and does not depend on the estimate. A step that
does not fit is passed over, and what comes later may still fit. So more bits never take from an
earlier step to give to a later one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ...engine.media import Layer, Source
from ..api import OfferedTrack
from .rates import encoding_count, layers_bps

TOP_TEMPORAL: Final = 2
UNKNOWN_TILE_PX: Final = 360  # Until the page says how large: the middle encoding of 720p.
UNKNOWN_SOURCE_PX: Final = 720
# A tile may be this much higher than the encoding before the next one is worth its bits.
STRETCH_RATIO: Final = 1.25
# All viewers of a room are offered the same tracks: their ladders are made once a measurement.
KEPT_LADDERS: Final = 4096


@dataclass(frozen=True, slots=True)
class Ladder:
    """The layers of one track that are worth sending, from the floor up.

    Attributes:
        layers: N layers; the last one is preferred.
        costs_bps: N items, what each costs.
        increments_bps: N items, what each costs above the one below it.
        base_levels: So many of the layers are the picture; the others make it move.
    """

    is_screen: bool
    layers: tuple[Layer, ...]
    costs_bps: tuple[int, ...]
    increments_bps: tuple[int, ...]
    base_levels: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What the order of steps may depend on."""

    is_screen: bool
    levels: int
    base_levels: int


# (index of the ladder, level) in the order of buying; each level after the one below it.
Steps = tuple[tuple[int, int], ...]
Order = Callable[[tuple[Shape, ...]], Steps]


def ladder(track: OfferedTrack, tile_height_px: int | None) -> Ladder:
    """Return the layers worth sending to a tile of this height; a screen is never shrunk to it."""
    height_px = None if track.source is Source.SCREEN else tile_height_px
    rates = tuple(track.encoding_bps)
    return _ladder(track.source, encoding_count(track), rates, track.height_px, height_px)


@lru_cache(KEPT_LADDERS)
def _ladder(
    source: Source, encodings: int, rates: tuple[int, ...], height_px: int, tile_px: int | None
) -> Ladder:
    top = encodings - 1
    if source is Source.SCREEN:
        layers = [Layer(spatial=spatial, temporal=0) for spatial in range(top + 1)]
        base_levels = len(layers)
        layers += [Layer(spatial=top, temporal=temporal) for temporal in (1, TOP_TEMPORAL)]
    else:
        preferred = _preferred_spatial(height_px, tile_px, top)
        layers = [Layer(spatial=0, temporal=0)]
        base_levels = 1
        layers += [Layer(spatial=each, temporal=TOP_TEMPORAL) for each in range(preferred + 1)]
    costs = layers_bps(source, encodings, rates, layers)
    below = (0, *costs[:-1])
    return Ladder(
        is_screen=source is Source.SCREEN,
        layers=tuple(layers),
        costs_bps=costs,
        increments_bps=tuple(cost - under for cost, under in zip(costs, below, strict=True)),
        base_levels=base_levels,
    )


def shapes(ladders: Sequence[Ladder]) -> tuple[Shape, ...]:
    """Return what the order of steps may depend on."""
    return tuple(_shape(rung.is_screen, len(rung.layers), rung.base_levels) for rung in ladders)


_shape = lru_cache(64)(Shape)


def buy(
    ladders: Sequence[Ladder],
    steps: Steps,
    *,
    available_bps: int,
    upgrade_bps: int,
    current: Sequence[Layer | None],
) -> list[Layer | None]:
    """Return the layer of each track, None where not even its floor fits.

    Args:
        ladders: N tracks, best rank first.
        steps: In this order.
        available_bps: Not exceeded, ever.
        upgrade_bps: Not exceeded by a step above a track's current layer.
        current: N layers, what is sent now.
    """
    levels = [-1] * len(ladders)
    kept = [_kept_levels(rung, layer) for rung, layer in zip(ladders, current, strict=True)]
    spent_bps = 0
    for index, level in steps:
        if levels[index] != level - 1:
            continue  # The step below did not fit.
        after_bps = spent_bps + ladders[index].increments_bps[level]
        if after_bps <= (available_bps if level < kept[index] else upgrade_bps):
            spent_bps = after_bps
            levels[index] = level
    return [
        rung.layers[level] if level >= 0 else None
        for rung, level in zip(ladders, levels, strict=True)
    ]


def _kept_levels(rung: Ladder, current: Layer | None) -> int:
    """Return how many levels are at or below what is sent now."""
    if current is None:
        return 0
    if current is rung.layers[-1]:
        return len(rung.layers)
    held = (current.spatial, current.temporal)
    return sum((layer.spatial, layer.temporal) <= held for layer in rung.layers)


def _preferred_spatial(source_px: int, tile_height_px: int | None, top: int) -> int:
    tile_px = UNKNOWN_TILE_PX if tile_height_px is None else tile_height_px
    height_px = source_px or UNKNOWN_SOURCE_PX
    for spatial in range(top):
        if height_px / 2 ** (top - spatial) * STRETCH_RATIO >= tile_px:
            return spatial
    return top
