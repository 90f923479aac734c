"""Simulated rooms: the same seed, the same bits; and figures that a good network deserves."""

import pytest

from emporion.engine.congestion.gcc import GccEstimator
from emporion.engine.testing.network.profiles import PROFILES
from emporion.plugins.schedulers.filling import SchedulerOptions
from emporion.plugins.schedulers.teaching import TeachingScheduler
from emporion.plugins.simulation.run import Outcome, simulate
from emporion.plugins.simulation.scenes import SCENES


def run(profile: str, *, room: str = "guidance", seed: int = 1, seconds: float = 10.0) -> Outcome:
    return simulate(
        SCENES[room],
        PROFILES[profile],
        scheduler=TeachingScheduler(SchedulerOptions()),
        estimator=GccEstimator(),
        seconds=seconds,
        seed=seed,
    )


@pytest.mark.parametrize("room", SCENES)
def test_a_good_network_shows_everything(room: str) -> None:
    figures = run("fibre", room=room).figures
    assert figures.legible_ratio > 0.9
    assert figures.freeze_ratio < 0.05  # The beginning, with its changes of layer.
    assert figures.audio_loss_ratio < 0.01
    assert figures.queueing_p95_s < 0.05


def test_a_thin_network_is_filled_and_speech_goes_first() -> None:
    outcome = run("dip", room="class20", seconds=25.0)
    available_bps = [available_bps for _, available_bps in outcome.seat.estimates]
    assert min(available_bps) < 500_000 < 1_000_000 < max(available_bps)
    assert outcome.figures.audio_loss_ratio < outcome.figures.freeze_ratio + 0.2


def test_the_same_seed_gives_the_same_bits() -> None:
    first, again, other = run("3g"), run("3g"), run("3g", seed=2)
    assert first.figures == again.figures
    assert first.seat.estimates == again.seat.estimates
    assert first.seat.down.sizes == again.seat.down.sizes
    assert first.seat.down.sizes != other.seat.down.sizes
