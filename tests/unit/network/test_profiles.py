"""The named networks are what their words say."""

from itertools import pairwise
from pathlib import Path
from statistics import quantiles

import pytest

from emporion.engine.testing.network import (
    PROFILES,
    BurstLoss,
    ConstantRate,
    Link,
    LinkProfile,
    Outage,
    RandomLoss,
    StepRate,
    WalkRate,
    find_profile,
)


def window_rates_mbps(name: str, seed: int) -> list[float]:
    """Of each second, as the published quantiles were taken."""
    rate = PROFILES[name].down.rate
    assert isinstance(rate, WalkRate)
    line = rate.line(seed)
    return [line.bits_between(second, second + 1) / 1e6 for second in range(600)]


@pytest.mark.parametrize(
    ("name", "p5", "p50", "p95"), [("4g-moving", 0.6, 3.7, 11.0), ("3g", 0.0, 1.9, 5.4)]
)
def test_mobile_walks_have_the_quantiles_of_recorded_drives(
    name: str, p5: float, p50: float, p95: float
) -> None:
    rates = [rate for seed in range(8) for rate in window_rates_mbps(name, seed)]
    twentieths = quantiles(rates, n=20)
    assert twentieths[0] == pytest.approx(p5, rel=0.4, abs=0.1)
    assert twentieths[9] == pytest.approx(p50, rel=0.15)
    assert twentieths[18] == pytest.approx(p95, rel=0.15)


def test_3g_has_gaps_but_none_beyond_six_seconds() -> None:
    rate = PROFILES["3g"].down.rate
    assert isinstance(rate, WalkRate)
    longest = 0.0
    for seed in range(20):
        gap_s = 0.0
        for duration_s, bps in rate.line(seed).steps:
            gap_s = gap_s + duration_s if bps == 0 else 0.0
            longest = max(longest, gap_s)
    assert 2.0 < longest <= 6.0 + 1e-6


def test_walks_differ_by_seed_and_repeat_by_it() -> None:
    assert window_rates_mbps("4g-moving", 1) == window_rates_mbps("4g-moving", 1)
    assert window_rates_mbps("4g-moving", 1) != window_rates_mbps("4g-moving", 2)


def test_the_dip_lasts_ten_seconds() -> None:
    rate = PROFILES["dip"].down.rate
    assert isinstance(rate, StepRate)
    assert [bps for _, bps in rate.steps] == [2.5e6, 0.4e6, 2.5e6]
    assert rate.bits_between(20, 30) == pytest.approx(4e6)


def lost_ratio(loss: RandomLoss | BurstLoss, seed: int = 3) -> float:
    run = loss.run(seed)
    return sum(run.loses() for _ in range(50_000)) / 50_000


def test_random_loss_has_its_ratio() -> None:
    assert lost_ratio(RandomLoss(0.05)) == pytest.approx(0.05, rel=0.1)


def test_burst_loss_has_its_ratio_and_comes_in_bursts() -> None:
    loss = BurstLoss(enter_ratio=0.01, leave_ratio=0.2)
    assert lost_ratio(loss) == pytest.approx(loss.mean_ratio, rel=0.15)
    run = loss.run(5)
    fates = [run.loses() for _ in range(50_000)]
    bursts = sum(1 for before, after in pairwise(fates) if after and not before)
    assert sum(fates) / bursts == pytest.approx(5, rel=0.15)  # 1 / leave_ratio packets each.


def test_an_outage_loses_what_it_covers_and_nothing_else() -> None:
    profile = LinkProfile(rate=ConstantRate(1e6), delay_s=0.0, outages=(Outage(1.0, 0.5, 2.0),))
    link = Link[float](profile, seed=1, start_s=100.0)
    arrived: list[float] = []
    for step in range(400):
        now_s = 100.0 + step / 100
        link.offer(125, now_s, now_s)  # A millisecond on the line.
        arrived.extend(link.take(now_s + 0.005))
    missing = {step for step in range(400)} - {round((at_s - 100) * 100) for at_s in arrived}
    assert missing == {*range(100, 150), *range(300, 350)}


def test_a_new_profile_keeps_what_is_under_way() -> None:
    link = Link[str](LinkProfile(rate=ConstantRate(1e6), delay_s=0.1), seed=1)
    link.offer(1250, "on the line", 0.0)
    link.offer(1250, "queued", 0.0)
    link.configure(LinkProfile(rate=ConstantRate(1e5), delay_s=0.1), seed=1, start_s=0.005)
    assert link.take(0.111) == ["on the line"]
    assert link.next_s == pytest.approx(0.010 + 0.1 + 0.1)
    assert link.take(0.211) == ["queued"]


def test_the_queueing_delay_is_known_exactly() -> None:
    link = Link[int](LinkProfile(rate=ConstantRate(1e6), queue_s=1.0, delay_s=5.0), seed=1)
    for number in range(100):  # 10 ms each on the line, all at once: 10, 20, … 1000 ms.
        link.offer(1250, number, 0.0)
    link.take(10.0)
    assert link.queueing.count == 100
    assert link.queueing.quantile_s(0.95) == pytest.approx(0.95, abs=0.0021)


def test_every_profile_carries_packets() -> None:
    for profile in PROFILES.values():
        for direction in (profile.down, profile.up):
            link = Link[int](direction, seed=1)
            for number in range(300):
                link.offer(200, number, number * 0.02)
                link.take(number * 0.02)
            assert link.counters.delivered > 150, profile.name


def test_a_profile_is_found_by_name_or_by_file(tmp_path: Path) -> None:
    assert find_profile("3g") is PROFILES["3g"]
    file = tmp_path / "bus.trace"
    file.write_text("10\n20\n")
    assert find_profile(str(file)).name == "bus.trace"
    with pytest.raises(ValueError, match="crowded-wifi"):
        find_profile("5g")


@pytest.mark.parametrize("steps", [[], [(0, 1.0)], [(1, -1.0)], [(1, 0.0)], [(float("nan"), 1.0)]])
def test_a_rate_that_carries_nothing_is_refused(steps: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match=r"rate|step"):
        StepRate(steps)
