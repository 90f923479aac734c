"""The journal's bench runs, and a third of its figure is the floor (the machine may be shared)."""

import pytest
from bench import bench_journal

pytestmark = pytest.mark.bench


def test_appends_per_cpu_second() -> None:
    assert bench_journal.run(10_000).appends_per_cpu_s >= 50_000 / 3
