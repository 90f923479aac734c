"""A vote costs the same whether a thousand have voted before or ten thousand."""

import pytest
from bench import bench_polls

from emporion.plugins.polls.messages import Kind

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("kind", bench_polls.KINDS)
def test_a_vote_takes_constant_time(kind: Kind) -> None:
    figures = bench_polls.measure(kind, 10_000)
    assert figures.growth_ratio < 4
    assert figures.core_ratio < 0.2
    assert figures.over_ms < 500
