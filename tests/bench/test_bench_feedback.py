"""The feedback bench runs, and its viewers are believed."""

import pytest
import trio
from bench import bench_feedback
from bench.media_stage import FRAME_SIZES, VIDEO_PACKETS_PER_S

pytestmark = pytest.mark.bench


def test_feedback_is_taken_in_and_costs_no_packets() -> None:
    async def measure() -> tuple[bench_feedback.Cost, bench_feedback.Cost]:
        with trio.fail_after(60):
            return await bench_feedback.measure(viewers=5, rounds=1, seconds=1.0)

    for cost in trio.run(measure):
        assert cost.lost == 0
        assert 10 < cost.told_per_s < 25  # Twenty, and reports; a busy machine lets them wait.
        media_bps = 8 * VIDEO_PACKETS_PER_S * sum(FRAME_SIZES) / len(FRAME_SIZES)
        assert cost.estimate_bps > media_bps
