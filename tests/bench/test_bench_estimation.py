"""The estimator's bench runs; a floor that only a pass for each viewer by itself would break."""

import pytest
from bench import bench_estimation

pytestmark = pytest.mark.bench


def test_five_hundred_viewers_cost_a_small_part_of_a_core() -> None:
    cost = bench_estimation.measure_cost(viewers=500, seconds=3.0)
    assert cost.rows_per_s > 15_000
    assert cost.total < 0.15  # Measured: 0.04; machines that test are busy.


def test_a_closed_loop_is_measured_and_described() -> None:
    run = bench_estimation.closed_loop("bufferbloat", 10.0)
    assert run.used_ratio > 0.8
    assert len(run.describe().split()) == 7
