"""One decision for one viewer is cheap: thousands are made when somebody joins a full room."""

import pytest
from bench.bench_schedulers import measure

pytestmark = pytest.mark.bench


def test_a_decision_costs_little() -> None:
    """Quiet, each takes less than 50 µs; the ceiling is generous for busy machines."""
    for name, cost_us in measure(rounds=40).items():
        assert cost_us < 200, name
