"""What the subsystems count is what Prometheus reads."""

import dataclasses
import math

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.congestion.remb import RembEstimator
from emporion.engine.ids import TransportId
from emporion.engine.rtp.arrivals import ArrivalRow
from emporion.metrics import (
    CATALOG,
    BuildInfo,
    ClassroomStatistics,
    CongestionStatistics,
    Histogram,
    NodeCollector,
    Sources,
)
from emporion.metrics.metric import MetricType

VIEWER = TransportId("viewer")
BUILD = BuildInfo(version="1.2.3", python="3.11.7", forwarder="reference")


Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


told_by = CongestionStatistics.of


@pytest.fixture
def samples(sources: Sources) -> Samples:
    return read(sources)


def read(sources: Sources) -> Samples:
    registry = CollectorRegistry()
    registry.register(NodeCollector(sources, BUILD))
    text = generate_latest(registry).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_metric_of_the_catalogue_is_served(samples: Samples) -> None:
    names = {name for name, _ in samples}
    for metric in CATALOG:
        suffix = "_count" if metric.type is MetricType.HISTOGRAM else ""
        assert metric.name + suffix in names


def test_plain_counts_arrive_as_they_are(samples: Samples, sources: Sources) -> None:
    forwarder, media = sources.forwarder(), sources.media()
    assert samples["emporion_gateway_connections", ()] == 3
    assert samples["emporion_runtime_actor_restarts_total", ()] == sources.runtime().restarts
    assert samples["emporion_forward_packets_sent_total", ()] == forwarder.packets_sent
    assert samples["emporion_media_datagrams_sent_total", ()] == media.sockets.datagrams_sent
    dropped = samples["emporion_forward_packets_dropped_total", (("reason", "malformed"),)]
    assert dropped == forwarder.dropped_malformed


def test_feedback_that_was_not_used_was_not_taken(sources: Sources) -> None:
    forwarder = dataclasses.replace(
        sources.forwarder(), feedback_received=9, feedback_refused=2, feedback_stale=3
    )
    served = read(dataclasses.replace(sources, forwarder=lambda: forwarder))
    name = "emporion_forward_feedback_received_total"
    for result, count in (("taken", 4), ("refused", 2), ("stale", 3)):
        assert served[name, (("result", result),)] == count


def test_what_the_estimator_did_not_believe_is_told(sources: Sources) -> None:
    estimator = GccEstimator()
    estimator.add(VIEWER, 0.0)
    estimator.handle_arrivals(VIEWER, [ArrivalRow(0.0, math.inf, 1228, 1228, 1, 0, 0)], 0.1)
    estimator.update(0.1)
    estimator.clock_leaps = 5
    served = read(dataclasses.replace(sources, congestion=lambda: told_by(estimator)))
    assert served["emporion_congestion_rows_refused_total", ()] == 1
    assert served["emporion_congestion_clock_leaps_total", ()] == 5


def test_an_estimator_that_counts_nothing_is_no_failure() -> None:
    assert told_by(RembEstimator()) == CongestionStatistics(0, 0)


def test_a_label_value_nobody_counted_is_zero(samples: Samples) -> None:
    assert samples["emporion_classroom_rooms", (("template", "briefing"),)] == 0
    assert samples["emporion_classroom_joins_total", (("result", "failed"),)] == 0


def test_strangers_are_counted_together_so_that_labels_cannot_grow(samples: Samples) -> None:
    assert samples["emporion_classroom_rooms", (("template", "class"),)] == 2
    assert samples["emporion_classroom_rooms", (("template", "other"),)] == 2
    assert ("emporion_classroom_rooms", (("template", "retreat"),)) not in samples


def test_histograms_have_cumulative_buckets_a_count_and_a_sum(samples: Samples) -> None:
    name, phase = "emporion_classroom_join_phase_seconds", ("phase", "welcome")
    buckets = [samples[f"{name}_bucket", (("le", le), phase)] for le in ("0.1", "1.0", "+Inf")]
    assert buckets == [2, 3, 4]
    assert samples[f"{name}_count", (phase,)] == 4
    assert samples[f"{name}_sum", (phase,)] == 2.5


def test_the_build_is_told(samples: Samples) -> None:
    labels = (("forwarder", "reference"), ("python", "3.11.7"), ("version", "1.2.3"))
    assert samples["emporion_build_info", labels] == 1


def test_cpu_and_memory_of_the_process_are_told(samples: Samples) -> None:
    assert samples["process_cpu_seconds_total", ()] > 0
    assert samples["process_resident_memory_bytes", ()] > 1_000_000


def test_a_failing_source_fails_the_scrape(sources: Sources) -> None:
    """Rather no numbers than numbers with a silent hole in them."""

    def broken() -> ClassroomStatistics:
        raise RuntimeError("no classroom")

    collector = NodeCollector(dataclasses.replace(sources, classroom=broken), BUILD)
    with pytest.raises(RuntimeError, match="no classroom"):
        list(collector.collect())


def test_a_histogram_counts_up_to_and_with_its_bounds() -> None:
    histogram = Histogram((0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 2.0):
        histogram.observe(value)
    reading = histogram.reading()
    assert reading.buckets == ((0.1, 2), (1.0, 3))
    assert reading.count == 4
    assert reading.total == pytest.approx(2.65)
