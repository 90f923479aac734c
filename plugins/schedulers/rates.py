"""What a layer of a track costs: measured where it flows, assumed where it does not."""

from collections.abc import Sequence
from typing import Final

from ...engine.media import Layer, Source
from ..api import OfferedTrack

AUDIO_BPS: Final = 40_000  # Opus at 32 kbit/s with headers, when not measured.
# What browsers send by default for each of n encodings, lowest first (facts/slots.md §1, §4).
CAMERA_BPS: Final = {1: (1_500_000,), 2: (200_000, 900_000), 3: (150_000, 500_000, 1_500_000)}
SCREEN_BPS: Final = {1: (2_000_000,), 2: (500_000, 2_000_000), 3: (250_000, 700_000, 2_000_000)}
# Share of an encoding's bits that temporal layers up to the index hold (libwebrtc's L1T3).
TEMPORAL_SHARE: Final = (0.4, 0.6, 1.0)
STEP_RATIO: Final = 2  # An encoding costs at least this many times the one below it.


def encoding_count(track: OfferedTrack) -> int:
    return max(1, min(3, track.encodings))


def audio_bps(track: OfferedTrack) -> int:
    return max(track.encoding_bps[:1] or (0,)) or AUDIO_BPS


def layer_bps(track: OfferedTrack, layer: Layer) -> int:
    """Return what sending this layer costs.

    An encoding that nobody wants is switched off by its sender and measures 0: it is assumed to
    cost what browsers spend, but not less than twice what flows below it, nor more than half of
    what flows above it.
    """
    return layers_bps(track.source, encoding_count(track), track.encoding_bps, (layer,))[0]


def layers_bps(
    source: Source, encodings: int, measured_bps: Sequence[int], layers: Sequence[Layer]
) -> tuple[int, ...]:
    """Return what each of a track's layers costs; see `layer_bps`."""
    rates = _encodings_bps(source, encodings, measured_bps)
    return tuple(round(rates[layer.spatial] * TEMPORAL_SHARE[layer.temporal]) for layer in layers)


def _encodings_bps(source: Source, encodings: int, measured_bps: Sequence[int]) -> list[int]:
    table = SCREEN_BPS if source is Source.SCREEN else CAMERA_BPS
    measured = [*measured_bps[:encodings], *[0] * (encodings - len(measured_bps))]
    rates: list[int] = []
    for spatial, assumed in enumerate(table[encodings]):
        below = rates[-1] if rates else 0
        if measured[spatial]:
            # Never cheaper than the encoding below it: a step up must not look free.
            rates.append(max(measured[spatial], below))
            continue
        above = next(filter(None, measured[spatial + 1 :]), None)
        # A page that stands still costs little in every size: what flows above says so.
        ceiling = assumed if above is None else above // STEP_RATIO
        rates.append(max(min(assumed, ceiling), below * STEP_RATIO))
    return rates
