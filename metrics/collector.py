"""Reads the statistics of all subsystems at scrape time; between scrapes it costs nothing (L4)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from prometheus_client import ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from ..engine.forward.api import ForwarderStatistics
from ..engine.journal import JournalStatistics
from ..engine.runtime.counters import SupervisorStatistics
from ..engine.transport.service import MediaStatistics
from .activity_catalog import ACTIVITY
from .catalog import (
    BUILD_INFO,
    BUILD_INFO_HELP,
    GATEWAY,
    JOURNAL,
    MEDIA,
    RUNTIME,
)
from .classroom_catalog import CLASSROOM
from .forward_catalog import CONGESTION, FORWARD
from .metric import BuildInfo, HistogramReading, Metric, MetricType, Reading, Value
from .readings import ClassroomStatistics, CongestionStatistics, GatewayReading

R = TypeVar("R")
OTHER: Final = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where to read; each is called on the loop at each scrape and must be quick."""

    classroom: Callable[[], ClassroomStatistics]
    gateway: Callable[[], GatewayReading]
    runtime: Callable[[], SupervisorStatistics]
    journal: Callable[[], JournalStatistics]
    media: Callable[[], MediaStatistics]
    forwarder: Callable[[], ForwarderStatistics]
    congestion: Callable[[], CongestionStatistics]


class NodeCollector(Collector):
    """Register it: `CollectorRegistry().register(NodeCollector(sources, build))`."""

    def __init__(self, sources: Sources, build: BuildInfo) -> None:
        self._sources = sources
        self._build = build
        self._process = ProcessCollector(registry=None)  # CPU, memory, file descriptors.

    def collect(self) -> Iterable[Family]:
        yield _build_family(self._build)
        yield from self._process.collect()
        yield from _families(CLASSROOM, self._sources.classroom())
        yield from _families(ACTIVITY, self._sources.classroom())
        yield from _families(GATEWAY, self._sources.gateway())
        yield from _families(RUNTIME, self._sources.runtime())
        yield from _families(JOURNAL, self._sources.journal())
        yield from _families(MEDIA, self._sources.media())
        yield from _families(FORWARD, self._sources.forwarder())
        yield from _families(CONGESTION, self._sources.congestion())

    def describe(self) -> Iterable[Family]:
        """Name nothing in advance: a registry would otherwise read everything at registration."""
        return ()


def _build_family(build: BuildInfo) -> Family:
    family = InfoMetricFamily(BUILD_INFO.removesuffix("_info"), BUILD_INFO_HELP)
    family.add_metric(
        (),
        {"version": build.version, "python": build.python, "forwarder": build.forwarder},
    )
    return family


def _families(metrics: Iterable[Metric[R]], statistics: R) -> Iterator[Family]:
    for metric in metrics:
        yield _family(metric, metric.read(statistics))


def _family(metric: Metric[R], reading: Reading) -> Family:
    labels = [metric.label.name] if metric.label else []
    samples = _samples(metric, reading)
    if metric.type is MetricType.HISTOGRAM:
        histogram = HistogramMetricFamily(metric.name, metric.help, labels=labels)
        for values, value in samples:
            assert isinstance(value, HistogramReading), metric.name
            histogram.add_metric(values, _buckets(value), value.total)
        return histogram
    make = CounterMetricFamily if metric.type is MetricType.COUNTER else GaugeMetricFamily
    family = make(metric.name, metric.help, labels=labels)
    for values, value in samples:
        assert not isinstance(value, HistogramReading), metric.name
        family.add_metric(values, value)
    return family


def _samples(metric: Metric[R], reading: Reading) -> list[tuple[list[str], Value]]:
    """Pair label values with what was read; a number that was not counted yet is 0."""
    if not isinstance(reading, Mapping):
        return [([], reading)]
    assert metric.label is not None, f"{metric.name} is read by label and has none"
    counts: dict[str, Value] = {}
    if metric.type is not MetricType.HISTOGRAM:
        counts = dict.fromkeys(metric.label.values, 0.0)
    for key, value in reading.items():
        if key in metric.label.values or isinstance(value, HistogramReading):
            counts[key] = value
        else:
            before = counts[OTHER]
            assert not isinstance(before, HistogramReading)
            counts[OTHER] = before + value
    return [([key], value) for key, value in counts.items()]


def _buckets(reading: HistogramReading) -> list[tuple[str, float]]:
    bounds = [(repr(float(bound)), float(count)) for bound, count in reading.buckets]
    return [*bounds, ("+Inf", float(reading.count))]
