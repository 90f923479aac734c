"""The quality bench: its arithmetic on made-up samples, and a run of a few seconds."""

import msgspec
import pytest
from bench import bench_quality
from bench.quality_calls import Trial
from bench.quality_figures import CallFigures, Sample, Window, call_figures, mean_ratio, recovery_s
from bench.quality_figures import first_frame_s as time_to_frame_s
from bench.quality_relay import LinkFigures

from emporion.engine.testing.network import PROFILES

pytestmark = pytest.mark.bench

LINK = LinkFigures(p95_queueing_s=0.05, p99_lateness_s=0.001)


def samples(seconds: int, kbps: dict[range, float], **others: float) -> list[Sample]:
    """Ten a second; `kbps` by second, and 20 frames each second in which bits come."""
    made, sent, frames = [], 0.0, 0.0
    for tick in range(seconds * 10 + 1):
        fields = dict.fromkeys(Sample.__struct_fields__, 0.0)
        fields |= {"bytes": sent, "decoded": frames, "received": frames, "captured": tick * 2.0}
        scaled = {name: rate * tick / 10 for name, rate in others.items()}
        made.append(Sample(**(fields | scaled | {"at_ms": tick * 100.0})))
        rate = next(rate for span, rate in kbps.items() if tick // 10 in span)
        sent += rate * 1000 / 8 / 10
        frames += 2.0 if rate else 0.0
    return made


def test_frames_that_come_whole_and_are_not_decoded_are_of_no_use() -> None:
    viewer = samples(10, {range(20): 800.0})
    late = [msgspec.structs.replace(each, decoded=each.decoded / 2) for each in viewer]
    window = Window(start_ms=0, end_ms=10_000)
    assert call_figures(viewer, viewer, LINK, window).useful_kbps == pytest.approx(800)
    assert call_figures(late, viewer, LINK, window).useful_kbps == pytest.approx(400)


def test_ratios_are_of_the_window() -> None:
    viewer = samples(20, {range(30): 800.0}, freeze_s=0.1, sound=48_000, concealed=960, silent=480)
    figures = call_figures(viewer, viewer, LINK, Window(start_ms=5_000, end_ms=15_000))
    assert figures.freeze_ratio == pytest.approx(0.1)
    assert figures.concealed_ratio == pytest.approx(0.01)
    assert figures.shown_ratio == pytest.approx(1.0)
    assert figures.p95_queueing_ms == 50
    assert figures.recovery_s is None


def test_recovery_counts_from_the_end_of_the_dip() -> None:
    viewer = samples(40, {range(20): 2000.0, range(20, 34): 300.0, range(34, 60): 1900.0})
    assert recovery_s(viewer, (20_000, 30_000)) == pytest.approx(5.0, abs=0.11)
    assert recovery_s(viewer[:330], (20_000, 30_000)) is None


def test_the_first_frame_counts_from_the_end_of_the_outage() -> None:
    viewer = samples(20, {range(10): 800.0, range(10, 13): 0.0, range(13, 30): 800.0})
    assert time_to_frame_s(viewer, 12_000) == pytest.approx(1.1, abs=0.11)


def test_events_outside_the_window_are_not_asked_for() -> None:
    assert Trial(PROFILES["dip"], 1, 45).window(0).dip_ms == (20_000, 30_000)
    assert Trial(PROFILES["dip"], 1, 25).window(0).dip_ms is None
    assert Trial(PROFILES["outage-2s"], 1, 30).window(0).outage_ms == (15_000, 17_000)
    assert Trial(PROFILES["3g"], 1, 45).window(0).dip_ms is None


def test_means_over_profiles_are_geometric() -> None:
    def calls(kbps: float) -> list[CallFigures]:
        viewer = samples(10, {range(20): kbps})
        return [call_figures(viewer, viewer, LINK, Window(start_ms=0, end_ms=10_000))]

    pairs = [(calls(400), calls(100)), (calls(100), calls(100))]
    assert mean_ratio(pairs, lambda call: call.useful_kbps) == pytest.approx(2.0)


@pytest.mark.browser
def test_both_calls_have_picture_and_sound_through_the_relay() -> None:
    (result,) = bench_quality.run([PROFILES["home-wifi"]], runs=1, seconds=4)
    for figures in (result.server[0], result.direct[0]):
        assert figures.useful_kbps > 50
        assert figures.shown_ratio > 0.1  # Who is paced down for a moment has every fourth frame.
        assert figures.concealed_ratio < 0.5
        assert figures.p95_queueing_ms > 0  # Nothing would be, had the media gone another way.
    assert "home-wifi" in bench_quality.table([result])
