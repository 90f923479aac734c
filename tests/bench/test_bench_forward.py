"""The forwarder's cost has a generous ceiling, relative to bare encryption in the same run."""

import pytest
from bench.bench_forward import measure

pytestmark = pytest.mark.bench


def test_forwarding_costs_little_more_than_encrypting() -> None:
    """Quiet, it is 1.9 times the plain loop for video and 3.3 times for audio."""
    result = measure(viewers=50, rounds=3, frames=12)
    assert result.video_us < 5 * result.plain_video_us
    assert result.audio_us < 8 * result.plain_audio_us
