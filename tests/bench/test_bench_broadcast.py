"""The broadcast's bench runs, nothing is lost, and three times its figure is the floor."""

import pytest
from bench import bench_broadcast

pytestmark = pytest.mark.bench


def test_a_delivery_is_cheap_and_nothing_is_lost() -> None:
    figures = bench_broadcast.run(listeners=300, messages=20)
    assert figures.missing == 0
    assert figures.in_order
    assert figures.us_for_each_delivery <= 36.0
