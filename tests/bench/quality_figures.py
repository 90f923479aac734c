"""From samples of `getStats` to the figures that are compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import geometric_mean, median
from typing import Any

import msgspec
from bench.quality_relay import LinkFigures

_RATE_WINDOW_S = 1.0
_BEFORE_S = 8.0  # The rate before a dip is that of so long before it.


class Sample(msgspec.Struct, frozen=True):
    """Counters of one page at one time; see the sampler in quality_pages.py."""

    at_ms: float
    bytes: float
    received: float
    decoded: float
    dropped: float
    freeze_s: float
    sound: float
    concealed: float
    silent: float
    captured: float
    cpu_s: float


class CallFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One call over one profile.

    Attributes:
        useful_kbps: Encoded frames that arrived whole, times decoded through received frames.
        freeze_ratio: `totalFreezesDuration` through time.
        p95_queueing_ms: Of the emulated queue on the way down, exact.
        concealed_ratio: `concealedSamples - silentConcealedSamples` through all samples.
        shown_ratio: Frames decoded and not dropped at the viewer, through frames captured.
        recovery_s: After the dip, until a second has 90 % of the rate before it; None: no dip,
            or never.
        first_frame_s: After the outage; None: no outage, or never.
        cpu_limited_ratio: Time the publisher's encoder was limited by CPU; > 0.05 spoils the run.
        late_ms: p99 of the relay's own lateness.
    """

    useful_kbps: float
    freeze_ratio: float
    p95_queueing_ms: float
    concealed_ratio: float
    shown_ratio: float
    recovery_s: float | None
    first_frame_s: float | None
    cpu_limited_ratio: float
    late_ms: float


@dataclass(frozen=True, slots=True)
class Window:
    """What is measured, in milliseconds since 1970; `dip_ms` and `outage_ms` end within it."""

    start_ms: float
    end_ms: float
    dip_ms: tuple[float, float] | None = None
    outage_ms: tuple[float, float] | None = None


def call_figures(
    viewer: Sequence[Sample], publisher: Sequence[Sample], link: LinkFigures, window: Window
) -> CallFigures:
    """The figures of one window; both pages were sampled beyond both ends of it."""
    first, last = sample_at(viewer, window.start_ms), sample_at(viewer, window.end_ms)
    before, after = sample_at(publisher, window.start_ms), sample_at(publisher, window.end_ms)
    time_s = (last.at_ms - first.at_ms) / 1000
    decoded, received = last.decoded - first.decoded, last.received - first.received
    heard = (last.concealed - first.concealed) - (last.silent - first.silent)
    shown = decoded - (last.dropped - first.dropped)
    return CallFigures(
        useful_kbps=rate_bps(viewer, window.start_ms, window.end_ms)
        / 1000
        * (min(1.0, decoded / received) if received else 0),
        freeze_ratio=(last.freeze_s - first.freeze_s) / time_s,
        p95_queueing_ms=link.p95_queueing_s * 1000,
        concealed_ratio=max(0.0, heard) / max(1.0, last.sound - first.sound),
        shown_ratio=shown / max(1.0, after.captured - before.captured),
        recovery_s=recovery_s(viewer, window.dip_ms) if window.dip_ms else None,
        first_frame_s=first_frame_s(viewer, window.outage_ms[1]) if window.outage_ms else None,
        cpu_limited_ratio=(after.cpu_s - before.cpu_s) / time_s,
        late_ms=link.p99_lateness_s * 1000,
    )


def sample_at(samples: Sequence[Sample], at_ms: float) -> Sample:
    """The first sample at or after a time, or the last one."""
    return next((sample for sample in samples if sample.at_ms >= at_ms), samples[-1])


def rate_bps(samples: Sequence[Sample], start_ms: float, end_ms: float) -> float:
    """Encoded video that arrived between two times."""
    first, last = sample_at(samples, start_ms), sample_at(samples, end_ms)
    time_s = (last.at_ms - first.at_ms) / 1000
    return (last.bytes - first.bytes) * 8 / time_s if time_s > 0 else 0.0


def recovery_s(samples: Sequence[Sample], dip_ms: tuple[float, float]) -> float | None:
    """From the dip's end to the end of the first second with 90 % of the rate before the dip."""
    start_ms, end_ms = dip_ms
    former = rate_bps(samples, start_ms - _BEFORE_S * 1000, start_ms)
    for sample in samples:
        since_s = (sample.at_ms - end_ms) / 1000
        if since_s >= _RATE_WINDOW_S:
            window_ms = sample.at_ms - _RATE_WINDOW_S * 1000
            if rate_bps(samples, window_ms, sample.at_ms) >= 0.9 * former:
                return since_s
    return None


def first_frame_s(samples: Sequence[Sample], end_ms: float) -> float | None:
    """From an outage's end until a frame more is decoded, to the sampling period."""
    decoded = sample_at(samples, end_ms).decoded
    for sample in samples:
        if sample.at_ms > end_ms and sample.decoded > decoded:
            return (sample.at_ms - end_ms) / 1000
    return None


def median_of(calls: Sequence[CallFigures], name: str) -> float | None:
    """The median of one figure over runs; a run without it counts as none."""
    values: list[Any] = [getattr(call, name) for call in calls]  # Any: by name.
    found = [value for value in values if value is not None]
    return median(found) if len(found) * 2 > len(values) else None


def mean_ratio(
    pairs: Sequence[tuple[Sequence[CallFigures], Sequence[CallFigures]]],
    read: Callable[[CallFigures], float],
) -> float | None:
    """Geometric mean over profiles of the median of ours through the direct call's."""
    ratios = []
    for ours, direct in pairs:
        above, below = median(map(read, ours)), median(map(read, direct))
        if above <= 0 or below <= 0:
            return None
        ratios.append(above / below)
    return geometric_mean(ratios) if ratios else None
