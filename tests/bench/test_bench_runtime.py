"""The runtime's figures, small and with generous floors: shared machines are slow and noisy."""

import pytest
from bench.bench_runtime import (
    measure_asks,
    measure_idle,
    measure_lone_tells,
    measure_tells,
    run,
    silence_logs,
)

pytestmark = pytest.mark.bench


@pytest.fixture(autouse=True)
def _quiet() -> None:
    silence_logs()


def test_tells() -> None:
    assert run(measure_tells, 32_000, strict=False) >= 100_000
    assert run(measure_lone_tells, 5_000) >= 20_000


def test_asks() -> None:
    assert run(measure_asks, 2_000, strict=False).p50_us <= 180


def test_idle_actors() -> None:
    """10,000 are the target; 2,000 show the same cost for each."""
    assert run(measure_idle, 2_000).growth_bytes <= 2_000 * 9_000
