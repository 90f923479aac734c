"""The breakouts bench runs, and a class moves within its limit of half a second."""

import pytest
from bench import bench_breakouts

pytestmark = pytest.mark.bench


def test_a_class_moves_within_half_a_second() -> None:
    figures = bench_breakouts.run_moves(people=20, groups=5, rounds=1)
    assert figures.worst_ms < 500
