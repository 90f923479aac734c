"""What a metric is: a declaration and how its value is read from a subsystem's statistics."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

R = TypeVar("R")


class MetricType(StrEnum):
    """Prometheus' types, as far as they are used here."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class HistogramReading:
    """Buckets as (upper bound, count up to it); `count` and `total` include what is above them."""

    buckets: tuple[tuple[float, int], ...]
    count: int
    total: float


@dataclass(frozen=True, slots=True)
class Label:
    """An enumeration: values outside it are counted as "other", so that no label can grow."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What runs: constant for the life of the process."""

    version: str
    python: str
    forwarder: str  # "reference", later "native".


Value = float | HistogramReading
Reading = Value | Mapping[str, Value]  # A mapping has one item for each value of the one label.


@dataclass(frozen=True, slots=True)
class Metric(Generic[R]):
    """One metric; `read` takes it out of its subsystem's statistics at scrape time."""

    name: str
    type: MetricType
    help: str
    unit: str
    read: Callable[[R], Reading]
    label: Label | None = None


def counter(
    name: str,
    help: str,
    read: Callable[[R], Reading],
    *,
    unit: str = "",
    label: Label | None = None,
) -> Metric[R]:
    """Declare a counter."""
    return Metric(name, MetricType.COUNTER, help, unit, read, label)


def gauge(
    name: str,
    help: str,
    read: Callable[[R], Reading],
    *,
    unit: str = "",
    label: Label | None = None,
) -> Metric[R]:
    """Declare a gauge."""
    return Metric(name, MetricType.GAUGE, help, unit, read, label)


def histogram(
    name: str, help: str, read: Callable[[R], Reading], *, unit: str, label: Label | None = None
) -> Metric[R]:
    """Declare a histogram."""
    return Metric(name, MetricType.HISTOGRAM, help, unit, read, label)


class Histogram:
    """A histogram that costs a search and two additions; not for the packet path (L4)."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self._total = 0.0

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._total += value

    def reading(self) -> HistogramReading:
        cumulative, buckets = 0, []
        for bound, count in zip(self._bounds, self._counts, strict=False):
            cumulative += count
            buckets.append((bound, cumulative))
        return HistogramReading(tuple(buckets), sum(self._counts), self._total)
