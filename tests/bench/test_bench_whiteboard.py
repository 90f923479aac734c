"""The whiteboard's bench runs; floors that only a lost signal or a slow fold would break."""

import pytest
from bench import bench_whiteboard

pytestmark = pytest.mark.bench


def test_a_board_is_drawn_on_together_and_opened() -> None:
    latency, opening, _ = bench_whiteboard.run(people=5, seconds=2.0, strokes=1_000, page=False)
    assert latency.refused == 0
    assert len(latency.signals_ms) >= 0.8 * latency.expected_signals > 0
    assert bench_whiteboard.percentile(latency.signals_ms, 0.95) <= 300.0
    assert opening.wire_ms <= 3_000.0
