"""The join bench runs; the ceilings are such that a doubled cost fails."""

import pytest
from bench import bench_join

pytestmark = pytest.mark.bench

# Of the cost of a bare DTLS handshake, which slows down with the machine: 11.2 to 14.7 in ten runs.
JOIN_CEILING_RATIO = 19
# 202 to 213; of a dozen viewers it is up to 400, because what is made once counts fully.
MEMORY_CEILING_KIB = 350


@pytest.mark.parametrize("gives_feedback", [False, True])
def test_a_join_is_cheap_and_small(gives_feedback: bool) -> None:
    def run() -> bench_join.JoinFigures:
        return bench_join.run_joins(viewers=40, room_size=4, gives_feedback=gives_feedback)

    runs = [run()]
    if _ratio(runs[0]) > JOIN_CEILING_RATIO or runs[0].memory_kib > MEMORY_CEILING_KIB:
        # Something else had the machine for a moment, or it fails again.
        runs.append(run())
    assert min(map(_ratio, runs)) < JOIN_CEILING_RATIO
    assert min(figures.memory_kib for figures in runs) < MEMORY_CEILING_KIB


def _ratio(figures: bench_join.JoinFigures) -> float:
    return figures.cpu_ms / figures.handshake_ms


def test_an_idle_server_is_idle_and_small() -> None:
    figures = bench_join.measure_idle(0.5)
    assert figures.cpu_ratio < 0.03
    assert figures.rss_mb < 90
