"""The network emulator keeps its speed, and its relay loses nothing at the rate of a class."""

import pytest
from bench import bench_network

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("name", bench_network.LINKS)
def test_links_carry_many_packets_for_a_second_of_cpu(name: str) -> None:
    assert bench_network.link_packets_per_s(name, 50_000) > 100_000  # Half of the goal.


async def test_the_relay_loses_nothing_and_is_about_in_time() -> None:
    figures = await bench_network.measure_relay(500, 1.0)
    assert figures.arrived == figures.sent
    assert 0 <= figures.error_p50_ms < 50
