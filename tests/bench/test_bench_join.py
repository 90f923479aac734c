"""The join bench runs, and three times its figures are the ceilings."""

import pytest
from bench import bench_join

pytestmark = pytest.mark.bench


def test_a_join_is_cheap_and_small() -> None:
    figures = bench_join.run_joins(viewers=12, room_size=4)
    assert figures.cpu_ms < 30
    assert figures.memory_kib < 600  # Of few viewers; what is made once counts fully.


def test_an_idle_server_is_idle_and_small() -> None:
    figures = bench_join.measure_idle(0.5)
    assert figures.cpu_ratio < 0.03
    assert figures.rss_mb < 90
