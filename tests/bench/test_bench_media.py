"""The media bench runs and loses nothing; the ceilings are such that a doubled cost fails."""

import pytest
import trio
from bench import bench_media

pytestmark = pytest.mark.bench

# Of the plain loop's cost, 20 viewers. Ten runs beside busy browsers: 1.9 to 2.3 for video and
# 2.6 to 3.5 for audio. The loop is of the same run, since the machine's own speed varies.
VIDEO_CEILING_RATIO = 3.1
AUDIO_CEILING_RATIO = 4.6


def test_forwarding_is_cheap_and_loses_nothing() -> None:
    video, audio = _ratios()
    if video > VIDEO_CEILING_RATIO or audio > AUDIO_CEILING_RATIO:
        again = _ratios()  # Something else had the machine for a moment, or it fails again.
        video, audio = min(video, again[0]), min(audio, again[1])
    assert video < VIDEO_CEILING_RATIO
    assert audio < AUDIO_CEILING_RATIO


def _ratios() -> tuple[float, float]:
    """What forwarding takes, of the plain loop's cost: video and audio."""

    async def measure() -> bench_media.Figures:
        with trio.fail_after(60):
            return await bench_media.measure(viewers=20, rounds=3, seconds=0.2)

    figures = trio.run(measure)
    assert figures.lost == figures.dropped == 0
    return (
        figures.video.us / figures.video.plain_us,
        figures.audio.us / figures.audio.plain_us,
    )


def test_latency_is_short() -> None:
    async def measure() -> bench_media.Latencies:
        with trio.fail_after(60):
            return await bench_media.measure_latency(viewers=10, seconds=0.5)

    latencies = trio.run(measure)
    assert latencies.lost == 0
    assert latencies.p50_ms < 150  # Quiet it is 3; busy machines let processes wait for a core.
