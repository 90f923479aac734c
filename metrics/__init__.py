"""What a node tells Prometheus: one catalogue, read at scrape time, served on a port of its own."""

from .catalog import CATALOG
from .collector import NodeCollector, Sources
from .exporter import serve_metrics
from .metric import BuildInfo, Histogram, HistogramReading, Metric
from .readings import ClassroomStatistics, CongestionStatistics, JoinPhase, JoinResult

__all__ = [
    "CATALOG",
    "BuildInfo",
    "ClassroomStatistics",
    "CongestionStatistics",
    "Histogram",
    "HistogramReading",
    "JoinPhase",
    "JoinResult",
    "Metric",
    "NodeCollector",
    "Sources",
    "serve_metrics",
]
